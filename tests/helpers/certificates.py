"""Certificates for servers of the tests, made with the openssl program."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_CONFIG: Final = """
[ca]
default_ca = own
[own]
new_certs_dir = {folder}
database = {folder}/index
serial = {folder}/serial
default_md = sha256
policy = any
x509_extensions = extensions
[any]
commonName = supplied
[extensions]
subjectAltName = {names}
basicConstraints = critical, CA:TRUE
"""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate that vouches for itself, and its key."""

    own: Path
    key: Path


def made_in(folder: Path, names: str = "IP:127.0.0.1", first_day: str = "", last_day: str = "") -> Certificate:
    """Make one that holds for these names, from the first to the last day (`YYMMDD`); two days from now otherwise."""
    made = Certificate(folder / "own.pem", folder / "key.pem")
    asked, config = folder / "asked.pem", folder / "openssl.cnf"
    config.write_text(_CONFIG.format(folder=folder, names=names), encoding="ascii")
    (folder / "index").write_text("", encoding="ascii")
    (folder / "serial").write_text("01\n", encoding="ascii")
    key: list[str | Path] = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", made.key]
    _openssl("req", "-new", *key, "-subj", "/CN=localhost", "-out", asked)
    days = ["-startdate", f"{first_day}000000Z", "-enddate", f"{last_day}000000Z"] if last_day else ["-days", "2"]
    files: list[str | Path] = ["-in", asked, "-keyfile", made.key, "-out", made.own]
    _openssl("ca", "-selfsign", "-batch", "-notext", "-config", config, *days, *files)
    return made


def _openssl(*words: str | Path) -> None:
    subprocess.run(["openssl", *words], check=True, capture_output=True, timeout=60)
