from __future__ import annotations

import hashlib

from timethief.web.assets import STATIC

VENDOR = STATIC / "vendor"


def test_the_files_of_others_are_as_they_came() -> None:
    lines = (VENDOR / "checksums.txt").read_text(encoding="utf-8").splitlines()
    expected = {
        name.removeprefix("./"): digest for digest, name in (line.split() for line in lines)
    }

    found = {
        file.relative_to(VENDOR).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in VENDOR.rglob("*")
        if file.is_file() and file.suffix != ".gz" and file.name != "checksums.txt"
    }

    assert found == expected


def test_every_folder_of_others_carries_its_version_and_licence() -> None:
    folders = [folder for folder in VENDOR.iterdir() if folder.is_dir()]

    assert len(folders) >= 2
    assert all("@" in folder.name and (folder / "LICENSE").exists() for folder in folders)
