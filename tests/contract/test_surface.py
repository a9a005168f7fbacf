"""The contract page `_native.pyi` against both halves: the names, the signatures, the manners of the classes, the tables."""

import ast
import copy
import inspect
import pickle
from pathlib import Path
from typing import get_args

import pytest

import forge
import rapidjwt
from rapidjwt import _impl
from rapidjwt.types import AlgorithmName, AlgorithmRow

CONTRACT = ast.parse((Path(rapidjwt.__file__).parent / "_native.pyi").read_text("utf-8"))
CLASSES = {node.name: node for node in CONTRACT.body if isinstance(node, ast.ClassDef)}
FUNCTIONS = {node.name: node for node in CONTRACT.body if isinstance(node, ast.FunctionDef)}


def members(name):
    """The functions of a class of the contract, by name; of overloads the last."""
    return {node.name: node for node in CLASSES[name].body if isinstance(node, ast.FunctionDef)}


def is_property(node):
    return any(isinstance(mark, ast.Name) and mark.id == "property" for mark in node.decorator_list)


def parameters(node):
    """(name, kind, default) of a function of the contract, without self and cls."""
    arguments = node.args
    assert not arguments.posonlyargs
    assert arguments.vararg is arguments.kwarg is None
    missing = [None] * (len(arguments.args) - len(arguments.defaults))
    plain = zip(arguments.args, [*missing, *arguments.defaults], strict=True)
    named = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    rows = [(argument.arg, "plain", _value(default)) for argument, default in plain]
    rows += [(argument.arg, "keyword", _value(default)) for argument, default in named]
    return [row for row in rows if row[0] not in ("self", "cls")]


def _value(node):
    return inspect.Parameter.empty if node is None else ast.literal_eval(node)


def seen_parameters(function):
    text = getattr(function, "__text_signature__", None)
    if text is not None:
        # Not through inspect: Python 3.11 reads the default ('exp',) as 'exp'.
        return parameters(ast.parse(f"def function{text.replace('$', '')}: ...").body[0])
    kinds = {inspect.Parameter.POSITIONAL_OR_KEYWORD: "plain", inspect.Parameter.KEYWORD_ONLY: "keyword"}
    found = inspect.signature(function).parameters.values()
    return [(one.name, kinds[one.kind], one.default) for one in found if one.name not in ("self", "cls")]


CALLABLES = [(None, name) for name in FUNCTIONS]
CALLABLES += [
    (cls, name)
    for cls in CLASSES
    for name, node in members(cls).items()
    if not is_property(node) and not name.startswith("__")
]


def test_a_half_has_exactly_the_names_of_the_contract(impl):
    found = {name for name in dir(impl.module) if not name.startswith("_")}
    ours = {name for name in found if not inspect.ismodule(getattr(impl.module, name)) and name != "annotations"}
    assert ours == {*CLASSES, *FUNCTIONS}


def test_the_switch_offers_exactly_these():
    assert {*CLASSES, *FUNCTIONS, "IMPL", "IMPL_WHY"} == set(_impl.__all__)


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_has_exactly_the_members_of_the_contract(impl, name):
    cls = getattr(impl, name)
    public = {member for member in vars(cls) if not member.startswith("_")}
    assert public >= {member for member in members(name) if not member.startswith("_")}
    if impl.IMPL == "native":
        assert public == {member for member in members(name) if not member.startswith("_")}
    assert {member for member in members(name) if member.startswith("__")} - {"__new__"} <= set(dir(cls))


@pytest.mark.parametrize("name", CLASSES)
def test_properties_are_properties(impl, name):
    for member, node in members(name).items():
        if not member.startswith("__"):
            found = inspect.getattr_static(getattr(impl, name), member)
            assert (inspect.isdatadescriptor(found) and not callable(found)) is is_property(node), member


@pytest.mark.parametrize(("cls", "name"), CALLABLES, ids=lambda part: part or "")
def test_signatures(impl, cls, name):
    node = members(cls)[name] if cls else FUNCTIONS[name]
    function = getattr(getattr(impl, cls), name) if cls else getattr(impl, name)
    assert seen_parameters(function) == parameters(node)


@pytest.mark.parametrize("name", ["KeySet", "KeySlot"])
def test_signatures_of_constructors(impl, name):
    assert seen_parameters(getattr(impl, name)) == parameters(members(name)["__new__"])


def test_the_verifier_has_the_parameters_of_both_ways_to_make_one(impl):
    seen = {name: (kind, default) for name, kind, default in seen_parameters(impl.Verifier)}
    ways = []
    for node in CLASSES["Verifier"].body:
        if isinstance(node, ast.FunctionDef) and node.name == "__new__":
            ways.append({name: (kind, default) for name, kind, default in parameters(node)})
    assert [set(way) & {"keys", "issuers"} for way in ways] == [{"issuers"}, {"keys"}]
    assert set(seen) == set().union(*ways)
    for way in ways:
        for name, (kind, default) in way.items():
            needed = default is inspect.Parameter.empty
            assert seen[name] == (kind, (None if name == "issuers" else ...) if needed else default), name


@pytest.mark.parametrize("name", ["KeySet", "Verifier"])
def test_arguments_may_be_named(impl, key, name):
    options = {"algorithms": ["HS256"], "issuer": None, "audience": None} if name == "Verifier" else {}
    assert getattr(impl, name)(keys=[key("HS256")], **options)


def test_methods_take_their_arguments_by_name(impl, verifier, key):
    token, check = forge.token(), verifier()
    assert check.decode(token=token) == check.verify(token=token).claims == impl.decode_unverified(token=token).claims
    assert check.verify_many(tokens=[token])[0].get(name="x", default=3) == 3
    assert check.explain(token=token).ok
    assert check.replace_keys(keys=key("HS256")) is None
    assert impl.KeySet(keys=[]).get(kid="x") is None
    assert impl.Key.from_pem(pem=forge.material("ES256").pem()).curve == "P-256"
    assert impl.Key.from_der(der=forge.material("ES256").der()).curve == "P-256"
    assert impl.Key.from_openssh(line=forge.material("ES256").openssh()).curve == "P-256"
    assert impl.Key.from_jwk(jwk=forge.material("ES256").jwk()).curve == "P-256"
    assert impl.Key.from_secret(secret="x" * 32, algorithm="HS256").kty == "oct"
    assert impl.Key.generate(algorithm="EdDSA").curve == "Ed25519"
    assert len(impl.KeySet.from_jwks(document={"keys": [forge.material("ES256").jwk()]})) == 1
    assert impl.sign_compact(key=key("HS256"), algorithm="HS256", header=b"", payload=b"")
    assert impl.sign_compact_with(signer=lambda text: bytes(64), algorithm="ES256", header=b"", payload=b"")


@pytest.mark.parametrize("name", CLASSES)
def test_classes_are_called_what_the_user_knows_them_by(impl, name):
    cls = getattr(impl, name)
    assert (cls.__module__, cls.__name__, cls.__qualname__) == ("rapidjwt", name, name)


@pytest.mark.parametrize("name", CLASSES)
def test_classes_are_final(impl, name):
    with pytest.raises(TypeError):
        type("Own", (getattr(impl, name),), {})


@pytest.mark.parametrize("name", ["Key", "VerifiedToken", "Rejection"])
def test_what_the_engine_alone_makes(impl, name):
    for arguments in ((), ("x",)):
        with pytest.raises(TypeError):
            getattr(impl, name)(*arguments)


@pytest.mark.parametrize("name", CLASSES)
def test_no_way_around_the_constructor(native, name):
    """Python code cannot be kept from making an empty object of the pure half, which then fails at its first use."""
    with pytest.raises(TypeError):
        object.__new__(getattr(native, name))


@pytest.fixture
def things(impl, verifier, key):
    """One object of each class."""
    (rejection,) = verifier().verify_many([""])
    issuer = impl.Issuer("i", keys=key("HS256"), algorithms=["HS256"], audience=None)
    made = [key("HS256"), impl.KeySet([key("HS256")]), issuer.slot, issuer._policy, verifier().verify(forge.token())]
    made += [rejection, verifier(), impl.TokenCache(), impl.Admission(verifier(), [])]
    made += [impl.Shortcut(print, [], [], object)]
    assert [type(thing).__name__ for thing in made] == list(CLASSES)
    return made


def test_objects_do_not_change(things):
    for thing in things:
        for name in [name for name in dir(type(thing)) if not name.startswith("_")] + ["own"]:
            with pytest.raises(AttributeError):
                setattr(thing, name, None)
            with pytest.raises(AttributeError):
                delattr(thing, name)
        assert not hasattr(thing, "__dict__")


def test_keys_and_proofs_are_not_pickled_or_copied(things):
    for thing in things[:5] + things[6:]:
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            with pytest.raises(TypeError):
                pickle.dumps(thing, protocol)
        for copying in (copy.copy, copy.deepcopy):
            with pytest.raises(TypeError):
                copying(thing)


def test_claims_of_a_proof_are_pickled(things):
    claims = things[4].to_dict()
    assert pickle.loads(pickle.dumps(claims)) == claims


def test_objects_are_equal_to_themselves_only_and_can_be_hashed(things):
    for thing in things:
        assert thing == thing
        assert thing != "other"
        assert len({thing, thing}) == 1


def test_objects_can_be_told_apart_by_their_truth(things):
    proof, rejection = things[4:6]
    assert (bool(proof), proof.ok) == (True, True)
    assert (bool(rejection), rejection.ok) == (False, False)


def test_both_halves_look_the_same(both):
    looks = []
    for half in both:
        key = half.Key.from_secret(forge.material("HS256").secret, algorithm="HS256", kid="k")
        check = half.Verifier(key, algorithms=["HS256"], issuer=None, audience=None, clock=lambda: forge.NOW)
        results = check.verify_many([forge.token(), ""])
        issuer = half.Issuer("i", keys=key, algorithms=["HS256"], audience=None)
        results += [issuer, issuer.slot, issuer._policy, half.KeySlot(), half.Verifier(issuers=[issuer])]
        looks.append(
            [repr(thing) for thing in (key, half.KeySet([key]), check, *results, half.Signer(key, expires_in=1))]
        )
    assert looks[0] == looks[1]


def test_both_halves_refuse_in_the_same_words(both):
    """What a programmer reads who pickles, changes, subclasses or makes what he should not."""
    said = []
    for half in both:
        key = half.Key.from_secret(forge.material("HS256").secret, algorithm="HS256")
        check = half.Verifier(key, algorithms=["HS256"], issuer=None, audience=None, clock=lambda: forge.NOW)
        proof = check.verify(forge.token())
        words = []
        issuer = half.Issuer("i", keys=key, algorithms=["HS256"], audience=None)
        for thing in (key, half.KeySet([key]), check, proof, issuer, issuer.slot, issuer._policy):
            with pytest.raises(TypeError) as caught:
                pickle.dumps(thing)
            words.append(str(caught.value))
        said.append(words)
    assert said[0] == said[1]


# the table


def test_both_tables_are_one(both):
    native, pure = (half.algorithm_table() for half in both)
    assert native == pure


def test_the_table(impl):
    table = impl.algorithm_table()
    assert type(table) is tuple
    assert all(type(row) is AlgorithmRow for row in table)
    assert tuple(row.name for row in table) == forge.ALGORITHMS == get_args(AlgorithmName)
    assert table[0] == ("HS256", "HMAC", "SHA-256", "oct", None, 32, 256)
    assert table[11] == ("ES512", "ECDSA", "SHA-512", "EC", "P-521", 132, 521)


def test_none_has_no_row(impl):
    assert not [row for row in impl.algorithm_table() if row.name.lower() == "none"]


def test_describe(impl):
    told = impl.describe()
    assert told["implementation"] == impl.IMPL
    assert all(type(name) is type(value) is str for name, value in told.items())
    assert told is not impl.describe()


# the package


def test_public_names():
    assert set(rapidjwt.__all__) <= set(dir(rapidjwt))
    assert sorted(rapidjwt.__all__) == sorted(set(rapidjwt.__all__))
    for name in rapidjwt.__all__:
        assert getattr(rapidjwt, name) is not None


def test_hot_names_are_the_halfs_own():
    half = __import__(f"rapidjwt.{'_native' if rapidjwt.IMPL == 'native' else '_fallback'}", fromlist=["Key"])
    for name in ("Key", "KeySet", "Rejection", "VerifiedToken", "Verifier", "decode_unverified"):
        assert getattr(rapidjwt, name) is getattr(half, name)


def test_the_contract_is_documented_once():
    """Every public name of the page says what it does."""
    for cls, page in CLASSES.items():
        assert ast.get_docstring(page), cls
        for name, node in members(cls).items():
            assert ast.get_docstring(node) or name.startswith("__"), f"{cls}.{name}"
    for name, node in FUNCTIONS.items():
        assert ast.get_docstring(node), name
