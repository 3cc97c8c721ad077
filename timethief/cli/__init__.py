"""Commands for those who run the service: `python -m timethief COMMAND`."""

from __future__ import annotations

import click

from timethief import __version__
from timethief.cli.assessment import assess
from timethief.cli.jobs import job, scheduler
from timethief.cli.organisations import operator, organisation, token, unit, user
from timethief.cli.service import demo, init, serve, verify
from timethief.cli.spreadsheets import export_file, import_file, template
from timethief.i18n import set_language


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="timethief")
def main() -> None:
    """Timethief: the inventory of administrative time thieves."""
    set_language("en")


for command in (
    export_file,
    import_file,
    template,
    assess,
    demo,
    init,
    job,
    operator,
    organisation,
    scheduler,
    serve,
    token,
    unit,
    user,
    verify,
):
    main.add_command(command)
