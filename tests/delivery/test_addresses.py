"""Where a webhook may lead."""

import socket
import threading
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealboard.delivery.addresses import Addresses, AddressRefused, Unresolved

PUBLIC = ("1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::5db8:d822")
PRIVATE = (
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1"),
    *("169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192", "192.88.99.1"),
    *("198.18.0.1", "192.0.2.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1"),
    *("2002:7f00:1::", "2001::1", "3fff::1", "100::1", "4000::1"),
)


def resolver(*addresses: str) -> Callable[..., Iterable[tuple[Any, ...]]]:
    """Answer every question with these addresses, as the system's resolver would."""
    return lambda _host, port, **_more: [(0, 0, 0, "", (each, port)) for each in addresses]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_asked(address: str) -> None:
    assert Addresses(resolve=resolver(address)).of("hooks.test", 443, 5) == (address,)


@pytest.mark.parametrize("address", PRIVATE)
def test_others_may_not(address: str) -> None:
    with pytest.raises(AddressRefused, match="no public address") as refused:
        Addresses(resolve=resolver("1.1.1.1", address)).of("hooks.test", 443, 5)
    assert not refused.value.final
    assert address in refused.value.hint or str(ip_address(address)) in refused.value.hint


@pytest.mark.parametrize("spelling", ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "::1"])
def test_no_spelling_of_an_address_gets_through(spelling: str) -> None:
    try:
        socket.getaddrinfo(spelling, 443, type=socket.SOCK_STREAM)
    except OSError:
        pytest.skip("not an address here")
    with pytest.raises(AddressRefused):
        Addresses().of(spelling, 443, 5)


def test_an_address_in_the_rule_itself_is_refused_for_good() -> None:
    with pytest.raises(AddressRefused) as refused:
        Addresses(resolve=resolver("10.0.0.1")).of("10.0.0.1", 443, 5)
    assert refused.value.final


def test_what_is_listed_may_be_asked_and_nothing_beside_it() -> None:
    allow = Addresses(["127.0.0.1", "10.0.0.0/8", "fd00::/8"])
    assert all(map(allow.may_ask, map(ip_address, ("127.0.0.1", "10.200.0.1", "fd12::1"))))
    assert allow.may_ask(ip_address("::ffff:10.0.0.1"))
    assert not any(map(allow.may_ask, map(ip_address, ("127.0.0.2", "192.168.0.1", "fe80::1"))))


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_judged_alike(address: IPv4Address) -> None:
    judge = Addresses()
    inside = (
        IPv6Address(f"::ffff:{address}"),
        IPv6Address((0x2002 << 112) | (int(address) << 80)),
        IPv6Address((0x64FF9B << 96) | int(address)),
    )
    for each in inside:
        assert judge.may_ask(each) is judge.may_ask(address)


@given(st.ip_addresses())
def test_nothing_that_is_not_global_is_asked(address: IPv4Address | IPv6Address) -> None:
    special = address.is_private or address.is_loopback or address.is_link_local
    if special or address.is_multicast or address.is_unspecified:
        assert not Addresses().may_ask(address)


def test_a_host_without_address_and_a_resolver_without_network_are_said() -> None:
    def offline(*_args: object, **_more: object) -> list[tuple[Any, ...]]:
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    with pytest.raises(Unresolved, match="no network"):
        Addresses(resolve=offline).of("hooks.test", 443, 5)
    with pytest.raises(Unresolved):
        Addresses(resolve=resolver()).of("hooks.test", 443, 5)


def test_a_resolver_that_never_answers_is_not_waited_for() -> None:
    never = threading.Event()

    def black_hole(*_args: object, **_more: object) -> list[tuple[Any, ...]]:
        never.wait()
        return []

    with pytest.raises(Unresolved, match="could not be asked"):
        Addresses(resolve=black_hole).of("hooks.test", 443, 0.01)
    never.set()
