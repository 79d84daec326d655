import base64
import json
import multiprocessing
import os
import stat
from hashlib import sha256
from hmac import digest as hmac_digest

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from organization.keyfile import read_keys
from organization.sealing import KeyFileError, SealError, _Sm4Gcm, create_keys, load_sealer

SUITES = ("aes-256-gcm", "sm4-gcm")
PLACE = {"table": "personnel_member", "column": "id_number", "row": 7}
NUMBER = "440199198503152424"

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
rows = st.integers(-(2**63), 2**63 - 1)


@pytest.fixture(scope="module", params=SUITES)
def sealer(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    create_keys(path, request.param)
    return load_sealer(path)


@pytest.fixture(params=SUITES)
def key_file(request, tmp_path):
    path = tmp_path / "keys.json"
    create_keys(path, request.param)
    return path


@given(st.lists(st.tuples(st.none() | texts, rows), max_size=5))
def test_what_is_sealed_together_opens_row_by_row(sealer, given):
    texts, numbers = [text for text, _row in given], [row for _text, row in given]
    sealed = sealer.seal_all(texts, table="personnel_member", column="phone_sealed", rows=numbers)
    place = {"table": "personnel_member", "column": "phone_sealed"}
    assert [blob and sealer.open(blob, **place, row=row) for blob, row in zip(sealed, numbers, strict=True)] == texts
    assert len({blob[4:16] for blob in sealed if blob}) == sum(text is not None for text in texts)


@given(texts, st.text("abc_", max_size=8), st.text("abc_", max_size=8), rows)
@example("", "", "", 0)
def test_what_is_sealed_opens_again_in_its_place(sealer, text, table, column, row):
    blob = sealer.seal(text, table=table, column=column, row=row)

    assert sealer.open(blob, table=table, column=column, row=row) == text
    assert sealer.open(memoryview(blob), table=table, column=column, row=row) == text


@given(text=texts, data=st.data())
def test_no_byte_can_be_changed(sealer, text, data):
    blob = bytearray(sealer.seal(text, **PLACE))
    blob[data.draw(st.integers(0, len(blob) - 1))] ^= data.draw(st.integers(1, 255))

    with pytest.raises(SealError):
        sealer.open(bytes(blob), **PLACE)


@given(data=st.data())
def test_no_byte_can_be_missing(sealer, data):
    blob = sealer.seal(NUMBER, **PLACE)

    with pytest.raises(SealError):
        sealer.open(blob[: data.draw(st.integers(0, len(blob) - 1))], **PLACE)


@given(
    st.tuples(st.text("abc_", max_size=4), st.text("abc_", max_size=4), rows),
    st.tuples(st.text("abc_", max_size=4), st.text("abc_", max_size=4), rows),
)
@example(("a", "bc", 1), ("ab", "c", 1))
@example(("a", "b", 1), ("a", "b", 2))
def test_a_value_opens_in_no_other_table_column_or_row(sealer, here, there):
    if here == there:
        return
    blob = sealer.seal(NUMBER, table=here[0], column=here[1], row=here[2])

    with pytest.raises(SealError) as refusal:
        sealer.open(blob, table=there[0], column=there[1], row=there[2])

    assert refusal.value.code == "tampered"


def test_a_table_name_cannot_reach_into_the_column_name(sealer):
    with pytest.raises(ValueError):
        sealer.seal(NUMBER, table="a\0b", column="c", row=1)


def test_the_same_value_is_never_sealed_alike(sealer):
    assert len({sealer.seal(NUMBER, **PLACE) for _ in range(100)}) == 100


def test_a_sealed_value_has_the_documented_layout(sealer):
    blob = sealer.seal(NUMBER, **PLACE)

    assert blob[0] == 1
    assert int.from_bytes(blob[2:4], "big") == 1
    assert len(blob) == 4 + 12 + len(NUMBER) + 16
    assert NUMBER.encode() not in blob


def test_no_nonce_is_used_twice_after_a_fork(sealer):
    def nonces(pipe):
        pipe.send([sealer.seal(NUMBER, **PLACE)[4:16] for _ in range(50)])

    found = []
    for _ in range(2):
        here, there = multiprocessing.Pipe()
        child = multiprocessing.get_context("fork").Process(target=nonces, args=(there,))
        child.start()
        found += here.recv()
        child.join()

    assert len(set(found)) == 100


def test_sm4_gcm_gives_the_published_bytes():
    """RFC 8998, appendix A.1."""
    plain = "".join(letter * 16 for letter in "ABCDEFEA")
    sealed = _Sm4Gcm(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")).encrypt(
        bytes.fromhex("00001234567800000000ABCD"),
        bytes.fromhex(plain),
        bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2"),
    )

    assert sealed.hex().upper() == (
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC"
    )


def test_a_digest_is_the_keyed_hash_of_purpose_and_text(tmp_path):
    create_keys(tmp_path / "keys.json")
    key = base64.b64decode(json.loads((tmp_path / "keys.json").read_text())["digest"]["key"])

    found = load_sealer(tmp_path / "keys.json").digest(NUMBER, purpose="id")

    assert found == hmac_digest(key, b"id\0" + NUMBER.encode(), sha256)


def test_a_digest_is_the_same_each_time_and_differs_by_text_purpose_and_key(sealer, tmp_path):
    create_keys(tmp_path / "other.json")
    other = load_sealer(tmp_path / "other.json")
    found = sealer.digest(NUMBER, purpose="id")

    assert len(found) == 32
    assert sealer.digest(NUMBER, purpose="id") == found
    assert sealer.digest(NUMBER + "0", purpose="id") != found
    assert sealer.digest(NUMBER, purpose="phone") != found
    assert other.digest(NUMBER, purpose="id") != found


@pytest.mark.parametrize("purpose", ["", "ID", "id\0", "i d"])
def test_a_purpose_is_a_slug(sealer, purpose):
    with pytest.raises(ValueError):
        sealer.digest(NUMBER, purpose=purpose)


def test_after_rotation_old_values_open_and_new_ones_use_the_new_key(key_file):
    sealer = load_sealer(key_file)
    old, digest = sealer.seal(NUMBER, **PLACE), sealer.digest(NUMBER, purpose="id")

    new_id = sealer.rotate_key()

    new = sealer.seal(NUMBER, **PLACE)
    assert new_id == 2
    assert int.from_bytes(new[2:4], "big") == 2
    assert sealer.open(old, **PLACE) == sealer.open(new, **PLACE) == NUMBER
    assert sealer.digest(NUMBER, purpose="id") == digest
    assert load_sealer(key_file).open(old, **PLACE) == NUMBER


def test_resealing_moves_a_value_under_the_active_key_once(key_file):
    sealer = load_sealer(key_file)
    old = sealer.seal(NUMBER, **PLACE)
    assert sealer.reseal(old, **PLACE) is None

    sealer.rotate_key()
    moved = sealer.reseal(memoryview(old), **PLACE)

    assert sealer.open(moved, **PLACE) == NUMBER
    assert sealer.reseal(moved, **PLACE) is None
    with pytest.raises(SealError):
        sealer.reseal(old, table="personnel_member", column="id_number", row=8)


def test_a_process_that_started_before_the_rotation_reads_values_of_the_new_key(key_file):
    running = load_sealer(key_file)
    elsewhere = load_sealer(key_file)
    elsewhere.rotate_key()

    assert running.open(elsewhere.seal(NUMBER, **PLACE), **PLACE) == NUMBER


def test_an_office_can_change_to_the_other_suite_and_read_what_it_had(tmp_path):
    create_keys(tmp_path / "keys.json", "aes-256-gcm")
    sealer = load_sealer(tmp_path / "keys.json")
    old = sealer.seal(NUMBER, **PLACE)

    sealer.rotate_key("sm4-gcm")

    assert [sealer.open(blob, **PLACE)[:6] for blob in (old, sealer.reseal(old, **PLACE))] == ["440199", "440199"]
    assert sealer.seal(NUMBER, **PLACE)[1] != old[1]


def test_a_value_of_a_key_that_is_not_there_says_which(sealer, tmp_path):
    create_keys(tmp_path / "keys.json", "aes-256-gcm")
    other = load_sealer(tmp_path / "keys.json")
    other.rotate_key()

    with pytest.raises(SealError) as refusal:
        sealer.open(other.seal(NUMBER, **PLACE), **PLACE)

    assert (refusal.value.code, refusal.value.params) == ("unknown_key", {"key": 2})


def test_the_key_number_is_bound_too(key_file):
    content = json.loads(key_file.read_text())
    content["keys"]["2"] = content["keys"]["1"]
    key_file.write_text(json.dumps(content))
    sealer = load_sealer(key_file)
    blob = bytearray(sealer.seal(NUMBER, **PLACE))
    blob[3] = 2

    with pytest.raises(SealError) as refusal:
        sealer.open(bytes(blob), **PLACE)

    assert refusal.value.code == "tampered"


def test_rotations_at_the_same_time_lose_no_key(key_file):
    sealers = [load_sealer(key_file) for _ in range(4)]
    children = [multiprocessing.get_context("fork").Process(target=sealer.rotate_key) for sealer in sealers]
    for child in children:
        child.start()
    for child in children:
        child.join()

    assert sorted(read_keys(key_file).data) == [1, 2, 3, 4, 5]


def test_a_key_file_is_private_from_the_start_and_after_rotation(key_file):
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    load_sealer(key_file).rotate_key()
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert os.listdir(key_file.parent) == ["keys.json"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_rotation_by_root_leaves_the_file_to_its_owner(key_file):
    os.chown(key_file, 12345, 23456)
    load_sealer(key_file).rotate_key()

    assert (key_file.stat().st_uid, key_file.stat().st_gid) == (12345, 23456)


def test_a_key_file_is_never_overwritten(key_file):
    before = key_file.read_bytes()

    with pytest.raises(KeyFileError) as refusal:
        create_keys(key_file)

    assert refusal.value.code == "exists"
    assert key_file.read_bytes() == before
    assert os.listdir(key_file.parent) == ["keys.json"]


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o660, 0o601, 0o644])
def test_a_key_file_that_others_may_touch_is_refused(key_file, mode):
    key_file.chmod(mode)

    with pytest.raises(KeyFileError) as refusal:
        load_sealer(key_file)

    assert refusal.value.code == "exposed"
    assert str(key_file) in str(refusal.value)


def test_a_missing_key_file_is_refused_and_not_created(tmp_path):
    with pytest.raises(KeyFileError) as refusal:
        load_sealer(tmp_path / "keys.json")

    assert refusal.value.code == "missing"
    assert os.listdir(tmp_path) == []


def _without(content, name):
    return {key: value for key, value in content.items() if key != name}


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: [],
        lambda content: content | {"format": 2},
        lambda content: content | {"active": 2},
        lambda content: content | {"keys": {}},
        lambda content: content | {"keys": {"1": {"suite": "rot13", "key": ""}}},
        lambda content: content | {"keys": {"1": content["keys"]["1"] | {"key": "c2hvcnQ="}}},
        lambda content: content | {"keys": {"1": content["keys"]["1"] | {"key": "no base64"}}},
        lambda content: content | {"active": 70000, "keys": {"70000": content["keys"]["1"]}},
        lambda content: content | {"digest": {"algorithm": "crc32", "key": content["digest"]["key"]}},
        lambda content: _without(content, "digest"),
    ],
)
def test_a_damaged_key_file_is_refused_without_showing_a_key(key_file, damage):
    content = json.loads(key_file.read_text())
    key_file.write_text(json.dumps(damage(content)))

    with pytest.raises(KeyFileError) as refusal:
        load_sealer(key_file)

    assert refusal.value.code == "damaged"
    assert refusal.value.__cause__ is None
    assert refusal.value.params == {"path": str(key_file)}


def test_half_a_key_file_is_refused(key_file):
    key_file.write_bytes(key_file.read_bytes()[:100])

    with pytest.raises(KeyFileError) as refusal:
        load_sealer(key_file)

    assert refusal.value.code == "damaged"


def test_the_environment_names_the_key_file(key_file):
    blob = load_sealer({"SEALING_KEYS": str(key_file)}).seal(NUMBER, **PLACE)

    assert load_sealer(str(key_file)).open(blob, **PLACE) == NUMBER


@given(st.binary(max_size=80))
@example(b"\x01\x01\x00\x01" + bytes(28))
def test_any_bytes_are_refused_with_a_reason(sealer, blob):
    with pytest.raises(SealError):
        sealer.open(blob, **PLACE)


def test_keys_are_not_shown_by_accident(key_file):
    key = json.loads(key_file.read_text())["keys"]["1"]["key"]

    assert key not in repr(read_keys(key_file))
    assert repr(base64.b64decode(key)) not in repr(read_keys(key_file))
