"""Where a webhook may lead: public addresses, and those that the user listed.

A name is resolved once and every address of it is looked at; the connection is then made to one of
those, so that nobody can answer differently in between (DNS rebinding). What only looks public, an
address inside another one, is judged by what is inside.
"""

import socket
from collections.abc import Callable, Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Any

from dealboard.delivery.within import within
from dealboard.errors import Refused

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[..., Iterable[tuple[Any, ...]]]
"""`socket.getaddrinfo`, or what a test puts in its place."""

_GLOBAL_IPV6 = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_REFUSED: tuple[Network, ...] = (
    IPv4Network("192.0.0.0/24"),  # protocol assignments, one cloud's metadata among them
    IPv4Network("192.88.99.0/24"),  # relays of 6to4
    IPv4Network("168.63.129.16/32"),  # another cloud's metadata, at a public address
    IPv6Network("3fff::/20"),  # documentation
)
"""Addresses that the standard library calls global, or does in some of its versions."""


class AddressRefused(Refused):
    """A webhook leads where none may go; `final` if it says so itself, not the resolver."""

    def __init__(self, host: str, address: str, *, final: bool) -> None:
        self.final = final
        at = "" if host == address else f" is at {address}, which"
        super().__init__(
            f"{host}{at} is no public address.",
            f'To allow it, list it in config.toml: [webhooks] allow = ["{address}"]',
        )


class Unresolved(Refused):
    """No address is known for a host, or nobody could be asked."""


class Addresses:
    """Resolves hosts, and lets only those through that may be asked."""

    def __init__(self, allow: Iterable[str] = (), resolve: Resolve = socket.getaddrinfo) -> None:
        self._allow = tuple(ip_network(each) for each in allow)
        self._resolve = resolve

    def of(self, host: str, port: int, seconds: float) -> tuple[str, ...]:
        """Return the addresses of a host, in the resolver's order, once all have been looked at.

        Raises AddressRefused for the first that may not be asked, Unresolved where there is none.
        """
        found = self._found(host, port, seconds)
        for address in found:
            if not self.may_ask(address):
                raise AddressRefused(host, str(address), final=_is_address(host))
        return tuple(map(str, found))

    def _found(self, host: str, port: int, seconds: float) -> tuple[Address, ...]:
        try:
            rows = within(seconds, lambda: self._resolve(host, port, type=socket.SOCK_STREAM))
            found = tuple(dict.fromkeys(ip_address(row[4][0]) for row in rows))
        except TimeoutError as error:
            raise Unresolved(f"The address of {host} could not be asked for.") from error
        except (OSError, ValueError) as error:
            raise Unresolved(f"There is no address of {host}, or no network.") from error
        if not found:
            raise Unresolved(f"There is no address of {host}.")
        return found

    def may_ask(self, address: Address) -> bool:
        """Return whether an address is listed, or public with all that it stands for."""
        if any(address in network for network in self._allow):
            return True
        inner = _inside(address)
        return self.may_ask(inner) if inner is not None else _is_public(address)


def _inside(address: Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 one stands for."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


def _is_public(address: Address) -> bool:
    if any(address in network for network in _REFUSED):
        return False
    if isinstance(address, IPv6Address) and address not in _GLOBAL_IPV6:
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
