"""An authority of our own, and certificates that are right, for another host, or nobody's.

Elliptic keys: making one takes a millisecond. Valid from yesterday, for a week.
"""

from __future__ import annotations

import datetime
import ipaddress
import os
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from pathlib import Path

HERE = ("localhost", "127.0.0.1")


@dataclass(frozen=True)
class Certificate:
    """A key and its certificate, each a PEM file."""

    key: Path
    chain: Path

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain, self.key)
        return context


class Authority:
    """Keeps everything in `folder`: `ca_file` is what a client is told to trust."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.ca_file = folder / "ca.pem"
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._certificate = _sign("cxdesk test authority", (), self._key, None)
        _write(self.ca_file, self._certificate.public_bytes(serialization.Encoding.PEM))

    def good(self) -> Certificate:
        """For 127.0.0.1 and localhost, signed by this authority."""
        return self._issued("good", HERE)

    def wrong_host(self) -> Certificate:
        """Signed by this authority, for another machine."""
        return self._issued("wrong-host", ("mail.example.net",))

    def self_signed(self) -> Certificate:
        """For 127.0.0.1 and localhost, signed by nobody but itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        return self._kept("self-signed", key, _sign("nobody", HERE, key, None))

    def _issued(self, name: str, hosts: tuple[str, ...]) -> Certificate:
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = (self._certificate, self._key)
        return self._kept(name, key, _sign(hosts[0], hosts, key, issuer))

    def _kept(
        self, name: str, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate
    ) -> Certificate:
        kept = Certificate(self.folder / f"{name}.key", self.folder / f"{name}.pem")
        plain = serialization.NoEncryption()
        pem, layout = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        _write(kept.key, key.private_bytes(pem, layout, plain))
        _write(kept.chain, certificate.public_bytes(pem))
        return kept


def _sign(
    name: str,
    hosts: tuple[str, ...],
    key: ec.EllipticCurvePrivateKey,
    issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None,
) -> x509.Certificate:
    """A certificate for `hosts`; an authority's without hosts; its own issuer without one."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer = issuer[1] if issuer else key
    yesterday = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(yesterday)
        .not_valid_after(yesterday + datetime.timedelta(days=8))
    )
    for extension, critical in _extensions(hosts, key, signer):
        builder = builder.add_extension(extension, critical)
    return builder.sign(signer, hashes.SHA256())


def _extensions(
    hosts: tuple[str, ...], key: ec.EllipticCurvePrivateKey, signer: ec.EllipticCurvePrivateKey
) -> list[tuple[x509.ExtensionType, bool]]:
    """What newer Pythons demand of a chain (VERIFY_X509_STRICT), and the host names."""
    authority = not hosts
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=authority, path_length=None), True),
        (_usage(authority), True),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False),
    ]
    if hosts:
        extensions.append((x509.SubjectAlternativeName([_name(host) for host in hosts]), False))
        extensions.append((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False))
    return extensions


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(host: str) -> x509.GeneralName:
    if host[0].isdigit():
        return x509.IPAddress(ipaddress.ip_address(host))
    return x509.DNSName(host)


def _write(path: Path, content: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
