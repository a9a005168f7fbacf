"""Step 7.12, `into=`: the claims as a TypedDict, dataclass, msgspec.Struct or pydantic model."""

import dataclasses
from typing import Any, Literal, NewType, Optional, TypedDict

import msgspec
import pydantic
import pytest

import forge
from expect import refused

CLAIMS = {**forge.CLAIMS, "scope": "read", "roles": ["a", "b"], "limits": {"cpu": 1}, "level": 2}
TOKEN = forge.token(CLAIMS)
SubjectId = NewType("SubjectId", str)


class Plain(TypedDict):
    sub: str
    exp: int


@dataclasses.dataclass
class Limits:
    cpu: float


@dataclasses.dataclass(frozen=True)
class Account:
    sub: SubjectId
    exp: int
    roles: frozenset[str]
    limits: Limits
    level: Literal[1, 2]
    scope: str | None = None
    tenant: Optional[str] = None  # noqa: UP045 - both spellings
    tags: tuple[str, ...] = ()
    more: dict[str, Any] = dataclasses.field(default_factory=dict)
    seen: int = dataclasses.field(default=7, init=False)


class Struct(msgspec.Struct):
    sub: str
    exp: int
    roles: list[str]
    tenant: str | None = None


class Model(pydantic.BaseModel):
    sub: str
    exp: int
    limits: dict[str, int]


@pydantic.dataclasses.dataclass
class PydanticAccount:
    sub: str
    exp: int


def test_none_is_a_dict(verifier):
    assert verifier().decode(TOKEN, into=None) == CLAIMS


def test_typed_dict_is_the_dict_unchecked(verifier):
    assert verifier().decode(TOKEN, into=Plain) == CLAIMS
    assert verifier(require=()).decode(forge.token({"sub": "x"}), into=Plain) == {"sub": "x"}


def test_dataclass(verifier):
    account = verifier().decode(TOKEN, into=Account)
    assert account == Account(
        sub=SubjectId("user-1"), exp=CLAIMS["exp"], roles=frozenset("ab"), limits=Limits(cpu=1.0), level=2, scope="read"
    )
    assert type(account.limits.cpu) is float
    assert account.seen == 7


def test_struct(verifier):
    assert verifier().decode(TOKEN, into=Struct) == Struct(sub="user-1", exp=CLAIMS["exp"], roles=["a", "b"])


def test_model(verifier):
    assert verifier().decode(TOKEN, into=Model) == Model(sub="user-1", exp=CLAIMS["exp"], limits={"cpu": 1})


def test_pydantic_dataclass(verifier):
    made = verifier().decode(TOKEN, into=PydanticAccount)
    assert (type(made), made.sub) == (PydanticAccount, "user-1")


@pytest.mark.parametrize("into", [Account, Struct, Model, PydanticAccount])
@pytest.mark.parametrize(
    "claims", [{"exp": forge.NOW + 600}, {**CLAIMS, "exp": forge.NOW + 600.5}], ids=["without sub", "exp with fraction"]
)
def test_claims_that_do_not_fit(verifier, into, claims):
    with refused("claims_type") as caught:
        verifier().decode(forge.token(claims), into=into)
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize(
    "change",
    [
        {"sub": None},
        {"level": 3},
        {"level": True},
        {"level": 2.0},
        {"limits": {}},
        {"limits": {"cpu": "1"}},
        {"limits": {"cpu": True}},
        {"limits": {"cpu": 10**400}},
        {"limits": [1]},
        {"roles": "ab"},
        {"roles": [1]},
        {"roles": [[]]},
        {"scope": 1},
        {"tags": {}},
        {"tags": ["a", 1]},
        {"more": []},
        {"exp": float(forge.NOW + 600)},
    ],
    ids=str,
)
def test_a_dataclass_coerces_nothing_but_an_integer_to_a_float(verifier, change):
    claims = {name: value for name, value in (CLAIMS | change).items() if value is not None}
    with refused("claims_type"):
        verifier().decode(forge.token(claims), into=Account)


def test_no_message_repeats_a_claim(verifier):
    with refused("claims_type") as caught:
        verifier().decode(forge.token(CLAIMS | {"level": "secret-value", "roles": "secret-value"}), into=Account)
    assert "secret-value" not in str(caught.value) + str(caught.value.__cause__)


class Unknown:
    pass


@pytest.mark.parametrize("into", [int, str, dict, Unknown, 1, "Account", list[int], len, ()], ids=str)
def test_types_that_are_not_known(verifier, into):
    with pytest.raises(TypeError, match=r"^into must be a TypedDict, dataclass, msgspec.Struct or pydantic model, not"):
        verifier().decode(TOKEN, into=into)


def test_the_type_is_looked_at_before_the_token(verifier):
    with pytest.raises(TypeError, match=r"^into must be"):
        verifier().decode("", into=int)


@dataclasses.dataclass
class Bytes:
    sub: bytes


@dataclasses.dataclass
class Initial:
    sub: str
    extra: dataclasses.InitVar[int]


@dataclasses.dataclass
class Unresolved:
    sub: "NoSuchType"  # noqa: F821 - that is the point


@pytest.mark.parametrize("into", [Bytes, Initial, Unresolved])
def test_dataclasses_that_json_has_nothing_for(verifier, into):
    with pytest.raises(TypeError, match=r"^into: "):
        verifier().decode(TOKEN, into=into)


def test_it_is_the_last_step(verifier):
    with refused("expired"):
        verifier().decode(forge.token({"exp": 0, "sub": 1}), into=Struct)
    with refused("check_failed"):
        verifier(checks=[lambda token: False]).decode(forge.token({"exp": forge.NOW + 1}), into=Struct)


def test_after_checks(verifier):
    assert verifier(checks=[lambda token: True]).decode(TOKEN, into=Struct).sub == "user-1"


def test_a_constructor_that_raises_is_claims_that_do_not_fit(verifier):
    @dataclasses.dataclass
    class Picky:
        sub: str

        def __post_init__(self):
            raise LookupError

    with refused("claims_type") as caught:
        verifier().decode(TOKEN, into=Picky)
    assert isinstance(caught.value.__cause__, LookupError)


def test_a_class_that_holds_itself(verifier):
    tree = verifier().decode(forge.token({**forge.CLAIMS, "next": {"sub": "b", "next": {"sub": "c"}}}), into=Tree)
    assert tree == Tree("user-1", Tree("b", Tree("c")))


@dataclasses.dataclass
class Tree:
    sub: str
    next: "Tree | None" = None


@pytest.mark.parametrize("into", [Account, Struct, Model, PydanticAccount, Plain])
def test_both_halves_make_the_same(both, into):
    made = []
    for half in both:
        key = half.Key.from_secret(forge.material("HS256").secret, algorithm="HS256")
        made.append(
            half.Verifier(key, algorithms=["HS256"], issuer=None, audience=None, clock=lambda: forge.NOW).decode(
                TOKEN, into=into
            )
        )
    assert made[0] == made[1]
