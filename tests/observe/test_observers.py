"""The base that ignores everything, several observers as one, and names that come in when they are used."""

from __future__ import annotations

import logging
import subprocess
import sys
from types import SimpleNamespace

import pytest

import forge
from rapidjwt import observe
from rapidjwt.jwks import Event
from rapidjwt.observe import Alert, Observer, Observers
from rapidjwt.types import Verification

EVENTS = {
    "on_verification": (Verification(False, None, None, "expired", "expired", 1e-6, False, None),),
    "on_decision": ("request", "decision", 1e-6),
    "on_keys": (Event("fetched", "https://login.example/", 1.0),),
    "on_alert": (Alert("long_lived", 1.0, 1, 300),),
}


def test_the_base_ignores_everything():
    for name, arguments in EVENTS.items():
        assert getattr(Observer(), name)(*arguments) is None


def test_several_hear_in_order_whatever_one_raises(caplog):
    heard = []

    def noting(name):
        def note(self, *arguments):
            heard.append((self.number, name, arguments))
            if self.number == 1:
                raise ZeroDivisionError

        return note

    kind = type("Noting", (Observer,), {name: noting(name) for name in EVENTS})
    noters = [kind() for _ in range(3)]
    for number, noter in enumerate(noters):
        noter.number = number
    several = Observers([noters[0], Observers(noters[1:])])
    with caplog.at_level(logging.ERROR, "rapidjwt"):
        for name, arguments in EVENTS.items():
            heard.clear()
            getattr(several, name)(*arguments)
            assert heard == [(number, name, arguments) for number in range(3)]
    assert [record.name for record in caplog.records] == ["rapidjwt"] * len(EVENTS)


def test_an_interrupt_is_heard():
    class Interrupted(Observer):
        def on_alert(self, alert):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Observers([Interrupted()]).on_alert(*EVENTS["on_alert"])


def test_one_that_hears_of_one_thing_only(verifier):
    class Tokens(list):
        on_verification = list.append

    tokens = Tokens()
    several = Observers([tokens])
    for name, arguments in EVENTS.items():
        getattr(several, name)(*arguments)
    verifier(observer=several).decode(forge.token())
    Observers([SimpleNamespace(on_alert=tokens.append)]).on_alert(tokens[0])
    assert [event.ok for event in tokens] == [False, True, False]


@pytest.mark.parametrize("wrong", [1, print, object(), type("None_", (), {"on_alert": None})()])
def test_what_is_no_observer(wrong):
    with pytest.raises(TypeError, match="a method of Observer"):
        Observers([Observer(), wrong])


def test_names_are_imported_on_first_use():
    assert set(observe.__all__) <= set(dir(observe))
    for name in observe.__all__:
        assert getattr(observe, name).__module__.startswith("rapidjwt.observe.")
    with pytest.raises(AttributeError, match="no attribute 'Observed'"):
        observe.Observed  # noqa: B018


def test_nothing_is_imported_before():
    code = "import rapidjwt.observe, sys; print([m for m in sys.modules if m.startswith('rapidjwt.observe.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    code = "import rapidjwt, sys; print([m for m in sys.modules if 'observe' in m or 'observing' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
