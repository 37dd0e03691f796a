"""The doctor names what is wrong in one sentence, with the remedy."""

import socket
from pathlib import Path

from cli import doctor
from cli.processes import Process
from kit.settings import Settings


def test_a_busy_port_is_named_with_the_setting_that_moves_it() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        finding = doctor.port_free("127.0.0.1", Process("gateway", (), "", port))
    assert not finding.ok
    assert str(port) in finding.what
    assert "HUIBAN_GATEWAY_PORT" in finding.remedy


def test_a_missing_model_is_put_right_by_make_train(tmp_path: Path) -> None:
    findings = list(doctor.examine(Settings(var=tmp_path), []))
    model = next(f for f in findings if "model" in f.what)
    assert not model.ok
    assert model.remedy == "make train"


def test_a_folder_that_does_not_exist_yet_is_measured_where_it_will_be(tmp_path: Path) -> None:
    assert "GB free" in doctor.disk(tmp_path / "a/b/c").what
