"""How an organisation's people log in by an identity provider: set by its administrator."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from timethief.config import Config, WrongSetting
from timethief.domain.audit import Act
from timethief.domain.errors import Conflict, Invalid
from timethief.domain.people import Actor, Permission, Role, ensure
from timethief.domain.sign_on import DEFAULT_ROLES, SignOnRefused, check_issuer
from timethief.domain.tasks import read_text
from timethief.services import audit
from timethief.services.anonymous.sealing import Unsealable, seal, unseal
from timethief.storage.tables import SignOn
from timethief.storage.turns import take_turn

LONGEST_CLIENT_ID = 200
LONGEST_CLIENT_SECRET = 500
LONGEST_BUTTON = 60
_PURPOSE = "client secret of a provider"
_SUBJECT = "sign_on"


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider with what it takes to speak with it.

    Attributes:
        organisation_id: whose it is; None where it is the installation's.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    organisation_id: int | None


@dataclass(frozen=True, slots=True)
class NewSignOn:
    """What an administrator sets.

    Attributes:
        issuer: of the organisation's own provider; empty for the installation's.
        client_id: what the provider knows us as.
        client_secret: what we show it; empty keeps the one that is stored.
        button: words on the log-in page.
        default_role: of whom no rule fits; None for nothing.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    button: str
    default_role: Role | None


def installation_provider(config: Config) -> Provider | None:
    """The installation's provider, if it has one."""
    set_up = config.identity_provider
    if set_up is None:
        return None
    return Provider(set_up.issuer, set_up.client_id, set_up.client_secret, None)


def check_installation(config: Config) -> None:
    """Refuse an installation's provider that nobody should log in by.

    Raises:
        WrongSetting: names the setting and says why.
    """
    set_up = config.identity_provider
    if set_up is None:
        return
    try:
        check_issuer(set_up.issuer, production=config.secure)
    except Invalid as refusal:
        message = f"TIMETHIEF_OIDC_ISSUER cannot be used ({refusal.reason.replace('_', ' ')})"
        raise WrongSetting(message) from refusal


def change(
    session: Session, actor: Actor, new: NewSignOn, version: int, config: Config, now: datetime
) -> None:
    """Set how people log in.

    Args:
        session: writing.
        actor: an administrator.
        new: what shall hold.
        version: of the settings when the form was opened; 0 where there were none.
        config: of the installation.
        now: time of the change.

    Raises:
        NotAllowed: `actor` is no administrator.
        Invalid: a value cannot be used.
        Conflict: somebody else changed it meanwhile.
    """
    ensure(actor, Permission.MANAGE_PEOPLE)
    take_turn(session, actor.organisation_id)
    row = session.get(SignOn, actor.organisation_id)
    if version != (row.version if row else 0):
        raise Conflict("changed_meanwhile")
    before = _told(row)
    if row is None:
        row = SignOn(organisation_id=actor.organisation_id, version=0)
        session.add(row)
    secret_changed = _set_provider(row, new, config)
    row.button = read_text(new.button, "button", LONGEST_BUTTON)
    if new.default_role is not None and new.default_role not in DEFAULT_ROLES:
        raise Invalid("default_role", "not_a_choice")
    row.default_role = new.default_role.value if new.default_role else None
    row.version += 1
    audit.record(
        session,
        actor,
        Act.SIGN_ON_CHANGED,
        _SUBJECT,
        before=before,
        after={**_told(row), "key_to_provider_replaced": secret_changed},
        now=now,
    )


def _set_provider(row: SignOn, new: NewSignOn, config: Config) -> bool:
    """Whether the secret is another one now."""
    if not new.issuer.strip() and config.identity_provider is not None:
        row.issuer = row.client_id = row.sealed_client_secret = None
        return False
    issuer = check_issuer(new.issuer, production=config.secure)
    client_id = read_text(new.client_id, "client_id", LONGEST_CLIENT_ID, required=True)
    secret = new.client_secret.strip()
    if len(secret) > LONGEST_CLIENT_SECRET:
        raise Invalid("client_secret", "too_long", limit=LONGEST_CLIENT_SECRET, length=len(secret))
    # A secret is for one provider: with another issuer it would be shown to a stranger.
    kept = row.sealed_client_secret if issuer == row.issuer else None
    if not secret and not kept:
        raise Invalid("client_secret", "required")
    row.issuer, row.client_id = issuer, client_id
    row.sealed_client_secret = seal(config.secret_key, _PURPOSE, secret) if secret else kept
    return bool(secret)


def remove(session: Session, actor: Actor, now: datetime) -> None:
    """Nobody logs in by a provider any more; the rules are kept, and the accounts of those who did.

    Raises:
        NotAllowed: `actor` is no administrator.
    """
    ensure(actor, Permission.MANAGE_PEOPLE)
    row = session.get(SignOn, actor.organisation_id)
    if row is None:
        return
    audit.record(session, actor, Act.SIGN_ON_CHANGED, _SUBJECT, before=_told(row), now=now)
    session.delete(row)


def provider_of(session: Session, organisation_id: int, config: Config) -> Provider:
    """The organisation's own provider.

    Raises:
        SignOnRefused: it has none, or what is stored cannot be opened with this installation's key.
    """
    row = session.get(SignOn, organisation_id)
    if row is None or row.issuer is None or row.client_id is None:
        raise SignOnRefused("no_provider")
    try:
        # Kept from when the service was reached without https, or set up elsewhere.
        check_issuer(row.issuer, production=config.secure)
        secret = unseal(config.secret_key, _PURPOSE, row.sealed_client_secret or "")
    except Invalid as refusal:
        raise SignOnRefused("provider_not_allowed") from refusal
    except Unsealable as error:
        raise SignOnRefused("secret_unreadable") from error
    return Provider(row.issuer, row.client_id, secret, organisation_id)


def _told(row: SignOn | None) -> dict[str, object]:
    if row is None:
        return {}
    return {
        "issuer": row.issuer,
        "client_id": row.client_id and f"{row.client_id}",
        "button": row.button,
        "default_role": row.default_role,
    }
