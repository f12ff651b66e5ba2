"""Names of hashes in XML Signature and PKCS#5 (RFC 6931, RFC 8018), as PSKC files write them."""

from __future__ import annotations

from typing import Final

PKCS5: Final = "http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#"

HASHES: Final = {
    "http://www.w3.org/2000/09/xmldsig#hmac-sha1": "sha1",
    "http://www.w3.org/2001/04/xmldsig-more#hmac-sha224": "sha224",
    "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256": "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#hmac-sha384": "sha384",
    "http://www.w3.org/2001/04/xmldsig-more#hmac-sha512": "sha512",
}
DERIVATIONS: Final = frozenset({f"{PKCS5}pbkdf2", "http://www.w3.org/2009/xmlenc11#pbkdf2"})
