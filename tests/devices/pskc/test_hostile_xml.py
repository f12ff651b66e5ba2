"""Files that attack the reader instead of describing devices."""

import time
import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from devices import pskc
from devices.pskc import SeedFileRefused
from tests.devices.pskc.paper import HEADER, KEY, OPENING, file_of, read, sheet

BODY = file_of(sheet()).decode()
BILLION_LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)


class Endless:
    """A stream that begins like a seed file and never ends."""

    def __init__(self, beginning: str, then: str) -> None:
        self._parts = self._repeat(beginning.encode(), then.encode())
        self.served = 0

    def _repeat(self, beginning: bytes, then: bytes) -> Iterator[bytes]:
        yield beginning
        while True:
            yield then * (65536 // len(then))

    def read(self, size: int, /) -> bytes:
        part = next(self._parts)
        self.served += len(part)
        return part


def code_of(content: str | bytes) -> str:
    with pytest.raises(SeedFileRefused) as caught:
        read(content.encode() if isinstance(content, str) else content)
    return caught.value.code


@pytest.mark.parametrize(
    "declaration",
    [
        "<!DOCTYPE KeyContainer>",
        BILLION_LAUGHS,
        f'<!DOCTYPE k [<!ENTITY q "{"x" * 50_000}">]>',
        '<!DOCTYPE k [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE k SYSTEM "http://127.0.0.1:9/k.dtd">',
        '<!DOCTYPE k [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>',
        '<!DOCTYPE k [<!ATTLIST Key Algorithm CDATA "urn:ietf:params:xml:ns:keyprov:pskc:totp">]>',
    ],
    ids=["bare", "billion laughs", "quadratic", "file", "external", "parameter entity", "default attribute"],
)
def test_a_document_type_is_refused_before_anything_in_it_is_read(declaration: str) -> None:
    assert code_of(declaration + BODY) == "seed_file.dtd"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "not xml",
        BODY[:-1],
        BODY[: len(BODY) // 2],
        BODY + "<KeyContainer/>",
        BODY.replace("</Secret>", "</Secrets>"),
        BODY.replace("oath.NH", "&undefined;"),
        BODY.replace("KeyContainer", "Container"),
        BODY.replace('Version="1.0"', 'Version="2.0"'),
        BODY.replace('Version="1.0"', ""),
        BODY.replace("ns:keyprov:pskc", "ns:keyprov:pskc-12"),
        OPENING + HEADER + "</KeyContainer>",
        BODY.replace("oath.NH", "\ud55c").encode("euc-kr"),
        BODY.replace("oath.NH", "\x00"),
    ],
    ids=range(14),
)
def test_what_is_no_whole_seed_file_is_malformed(content: str | bytes) -> None:
    assert code_of(content) == "seed_file.malformed"


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("<SerialNo>NH0000000001</SerialNo>", ""),
        ("NH0000000001", ""),
        ("NH0000000001", "NH１"),
        ("NH0000000001", "NH 1"),
        ("NH0000000001", "../NH1"),
        ("NH0000000001", "N" * 41),
        ("<SerialNo>", "<SerialNo>NH1</SerialNo><SerialNo>"),
        ("NH0000000001", "NH<b/>1"),
        ("<DeviceInfo>", "<DeviceInfo>text"),
        ("</DeviceInfo>", "text</DeviceInfo>"),
        ("oath.NH", "oath.\nNH"),
        ("oath.NH", "N" * 65),
        ("<KeyPackage>", "stray text<KeyPackage>"),
        ("</Key>", '</Key><Key Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:totp"/>'),
        ("</KeyPackage>", "</KeyPackage><KeyPackage/>"),
        ("</KeyPackage>", f"</KeyPackage>{HEADER}"),
        ("<xenc:CipherValue>", "<xenc:CipherValue>!"),
        ("<xenc:CipherValue>", "<xenc:CipherValue>AAAA</xenc:CipherValue><xenc:CipherValue>"),
        ("<ValueMAC>", "<ValueMAC>AAAA</ValueMAC><ValueMAC>"),
        ("<MACMethod", "<MACMethod/><MACMethod"),
        ("</DeviceInfo>", "<ExpiryDate>2031-02-30T00:00:00Z</ExpiryDate></DeviceInfo>"),
        ("</DeviceInfo>", "<ExpiryDate>20310228</ExpiryDate></DeviceInfo>"),
        ("</DeviceInfo>", "<ExpiryDate>10000-01-01T00:00:00Z</ExpiryDate></DeviceInfo>"),
    ],
)
def test_what_two_readers_could_read_differently_is_malformed(was: str, becomes: str) -> None:
    assert was in BODY

    assert code_of(BODY.replace(was, becomes, 1)) == "seed_file.malformed"


@pytest.mark.parametrize(
    ("beginning", "then"),
    [
        (OPENING, "<!-- never ends "),
        (OPENING, "<a"),
        (f"{OPENING}<a b='", "x"),
        (f"{OPENING}<?p ", "x"),
        (f"{OPENING}<KeyPackage><DeviceInfo><SerialNo>", "1"),
        (f"{OPENING}<KeyPackage>", "<a>1</a>"),
        (f"{OPENING}<KeyPackage>", "<a>"),
        (OPENING, '<Extension xmlns:a="urn:a"><b/></Extension><a/>'),
        (OPENING, " "),
    ],
    ids=["comment", "tag", "attribute", "instruction", "text", "siblings", "nesting", "sections", "blanks"],
)
def test_a_file_that_never_ends_is_refused_in_little_memory(beginning: str, then: str) -> None:
    stream = Endless(beginning, then)

    tracemalloc.start()
    with pytest.raises(SeedFileRefused) as caught:
        list(pskc.read(stream, key=KEY, limit_bytes=8_000_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert caught.value.code in {"seed_file.too_large", "seed_file.malformed"}
    assert stream.served < 9_000_000
    assert peak < 4_000_000


@pytest.mark.parametrize(
    "invented",
    [
        lambda number: f"<n{number}/>",
        lambda number: f'<Key a{number}=""/>',
        lambda number: f'<p{number}:Key xmlns:p{number}="urn:p"/>',
    ],
    ids=["elements", "attributes", "prefixes"],
)
def test_a_file_that_keeps_inventing_names_is_refused(invented: Callable[[int], str]) -> None:
    extensions = "".join(f"<Extension>{invented(number)}</Extension>" for number in range(1000))

    assert code_of(file_of(sheet(), f"<KeyPackage>{extensions}</KeyPackage>")) == "seed_file.too_large"


def test_a_million_elements_inside_each_other_are_refused_at_once() -> None:
    began = time.process_time()

    assert code_of(OPENING + "<KeyPackage>" + "<a>" * 1_000_000) == "seed_file.malformed"
    assert time.process_time() - began < 1
