"""A PSKC file as a stream of flat key packages: XML in, paths and texts out. Knows no key and no algorithm."""

from __future__ import annotations

# expat by itself: every declaration is refused by handler; sizes, depth and number of names are capped
import xml.parsers.expat as expat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, NoReturn

from devices.seed_file import Readable
from devices.seed_file.refusals import DtdFound, Malformed, TooLarge

PREFIXES: Final = {
    "urn:ietf:params:xml:ns:keyprov:pskc": "",
    "http://www.w3.org/2001/04/xmlenc#": "xenc:",
    "http://www.w3.org/2000/09/xmldsig#": "ds:",
    "http://www.w3.org/2009/xmlenc11#": "xenc11:",
    "http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#": "pkcs5:",
}
CHUNK: Final = 64 * 1024
DEEPEST: Final = 24  # elements inside each other
LONGEST_TEXT: Final = 16 * 1024  # characters of one element or of its attributes
LONGEST_TOKEN: Final = 256 * 1024  # bytes the parser may hold back waiting for one tag or comment to end
LONGEST_NAME: Final = 1024  # characters, with namespace and path
MOST_NAMES: Final = 512  # different ones in a file: expat remembers each of them until the end
NO_ATTRIBUTES: Final[Mapping[str, str]] = {}
SECTION: Final = 2  # depth of EncryptionKey, MACMethod, KeyPackage: where paths begin
MOST_ELEMENTS: Final = 256  # in one key package, or in the header


class Element(NamedTuple):
    """One element: its attributes and its text, which is empty when it has children."""

    attributes: Mapping[str, str]
    text: str


class Elements:
    """The elements of one key package, or of the header, by path; bare containers are known by what is in them."""

    __slots__ = ("_first", "_others", "_size")

    def __init__(self) -> None:
        self._first: dict[str, Element] = {}
        self._others: dict[str, list[Element]] = {}
        self._size = 0

    def add(self, path: str, element: Element) -> None:
        self._size += 1
        if self._size > MOST_ELEMENTS:
            raise TooLarge
        if path in self._first:
            self._others.setdefault(path, []).append(element)
        else:
            self._first[path] = element

    def every(self, path: str) -> list[Element]:
        first = self._first.get(path)
        return [first, *self._others.get(path, ())] if first else []

    def one(self, path: str) -> Element | None:
        """The only element at this path; two where one is meant are refused, so that no two readers differ."""
        if path in self._others:
            raise Malformed
        return self._first.get(path)

    def text(self, path: str) -> str:
        """The text at this path, empty when there is none."""
        element = self.one(path)
        return element.text if element else ""

    def below(self, path: str) -> list[str]:
        """The paths of everything inside `path`."""
        inside = f"{path}/"
        return [found for found in self._first if found.startswith(inside)]


@dataclass(frozen=True, slots=True)
class Package:
    """One key package, the header it stands under and its place in the file, from 1."""

    number: int
    header: Elements
    elements: Elements


def packages(stream: Readable, *, limit_bytes: int) -> Iterator[Package]:
    """Every key package in order, from any stream, in memory that does not grow with the file."""
    collector = _Collector()
    read = 0
    while chunk := stream.read(CHUNK):
        read += len(chunk)
        if read > limit_bytes:
            raise TooLarge
        yield from collector.feed(chunk)
    yield from collector.close()


class _Place:
    """A place elements can stand in, with the places below it: looked up, where building a path would cost more."""

    __slots__ = ("below", "depth", "name", "path")

    def __init__(self, name: str, path: str, depth: int) -> None:
        self.name, self.path, self.depth = name, path, depth
        self.below: dict[str, _Place] = {}


class _Collector:
    def __init__(self) -> None:
        self._parser = self._new_parser()
        self._fed = 0
        self._place = _Place("", "", 0)
        self._above: list[tuple[_Place, dict[str, str]]] = []
        self._names: set[str] = set()
        self._text, self._is_leaf = "", False
        self._header = self._section = Elements()
        self._ready: list[Package] = []
        self._count = 0

    def _new_parser(self) -> expat.XMLParserType:
        # UTF-8 whatever the file declares; None: no table of names beside ours
        parser = expat.ParserCreate("UTF-8", " ", None)
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartNamespaceDeclHandler = self._namespace
        parser.StartDoctypeDeclHandler = _refuse_declaration
        parser.EntityDeclHandler = _refuse_declaration
        parser.ExternalEntityRefHandler = _refuse_declaration
        return parser

    def feed(self, chunk: bytes) -> list[Package]:
        self._fed += len(chunk)
        self._parse(chunk, last=False)
        if self._fed - self._parser.CurrentByteIndex > LONGEST_TOKEN:
            raise TooLarge
        return self._take()

    def close(self) -> list[Package]:
        self._parse(b"", last=True)
        if not self._count:
            raise Malformed
        return self._take()

    def _parse(self, data: bytes, *, last: bool) -> None:
        try:
            self._parser.Parse(data, last)
        except expat.ExpatError:
            # its own words may quote the file
            raise Malformed from None

    def _take(self) -> list[Package]:
        ready, self._ready = self._ready, []
        return ready

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._text and not self._text.isspace():
            # text beside children reads differently in different readers
            raise Malformed
        self._text, self._is_leaf = "", True
        place = self._place.below.get(name) or self._discover(name)
        if attributes:
            self._check_attributes(attributes)
        if place.depth <= SECTION:
            self._begin(place, attributes)
        self._above.append((self._place, attributes))
        self._place = place

    def _discover(self, name: str) -> _Place:
        here = self._place
        self._remember(f"{here.path} {name}")
        if here.depth >= DEEPEST:
            raise Malformed
        space, _, local = name.rpartition(" ")
        short = f"{PREFIXES.get(space, '?:')}{local}"
        path = f"{here.path}/{short}" if here.depth >= SECTION else short
        here.below[name] = _Place(short, path, here.depth + 1)
        return here.below[name]

    def _remember(self, name: str) -> None:
        if name not in self._names:
            self._names.add(name)
            if len(name) > LONGEST_NAME or len(self._names) > MOST_NAMES:
                raise TooLarge

    def _check_attributes(self, attributes: dict[str, str]) -> None:
        for name in attributes:
            self._remember(name)
        if sum(map(len, attributes.values())) > LONGEST_TEXT:
            raise TooLarge

    def _namespace(self, prefix: str | None, uri: str | None) -> None:
        self._remember(f"xmlns {prefix} {uri}")

    def _begin(self, place: _Place, attributes: dict[str, str]) -> None:
        in_front = self._section is self._header
        if place.depth < SECTION:
            if place.name != "KeyContainer" or attributes.get("Version") != "1.0":
                raise Malformed
        elif place.name in ("EncryptionKey", "MACMethod"):
            if not in_front:
                # they stand first by the schema: later ones would change how earlier packages had to be read
                raise Malformed
        elif place.name == "KeyPackage" or not in_front:
            self._section = Elements()

    def _characters(self, text: str) -> None:
        if self._is_leaf:
            self._text += text
            if len(self._text) > LONGEST_TEXT:
                raise TooLarge
        elif not text.isspace():
            raise Malformed

    def _end(self, _: str) -> None:
        place, text, is_leaf = self._place, self._text, self._is_leaf
        self._place, attributes = self._above.pop()
        self._text, self._is_leaf = "", False
        if place.depth > SECTION + 1:
            if is_leaf or attributes:
                self._section.add(place.path, Element(attributes or NO_ATTRIBUTES, text.strip()))
        elif place.depth >= SECTION:
            self._section.add(place.path, Element(attributes, text.strip()))
            if place.path == "KeyPackage":
                self._count += 1
                self._ready.append(Package(self._count, self._header, self._section))


def _refuse_declaration(*_: object) -> NoReturn:
    raise DtdFound
