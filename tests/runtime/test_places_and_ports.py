"""Data directories, their lock, and ports that stay the same."""

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from runtime.embedded.faults import DirectoryTaken
from runtime.embedded.places import DirectoryLock, closed_folder, default_data_dir, make_data_dir
from runtime.embedded.ports import RememberedPorts, is_free
from runtime.embedded.secret_files import kept_secret


def test_new_folders_are_closed_and_existing_ones_stay_as_they_are(tmp_path: Path) -> None:
    existing = tmp_path / "existing"
    existing.mkdir(mode=0o750)
    made = make_data_dir(existing / "deep" / "city")
    assert stat.S_IMODE(existing.stat().st_mode) == 0o750
    for folder in (made, made.parent):
        assert not stat.S_IMODE(folder.stat().st_mode) & 0o066, "nobody else reads or writes it"
    assert make_data_dir(made) == made


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)
    with pytest.raises(DirectoryTaken, match="65534"):
        make_data_dir(tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="others keep it in the project")
def test_roots_default_is_outside_of_homes_and_one_per_project(tmp_path: Path) -> None:
    one, other = default_data_dir(tmp_path / "one"), default_data_dir(tmp_path / "other")
    assert one != other
    assert one.parent == Path("/var/tmp")
    assert one == default_data_dir(tmp_path / "one")


def test_the_first_closed_folder_on_the_way_is_found(tmp_path: Path) -> None:
    nobody = 65534
    tmp_path.chmod(0o700)
    closed = closed_folder(tmp_path / "further" / "down", nobody, nobody)
    assert closed is not None
    assert closed in (tmp_path, *tmp_path.parents)
    assert closed_folder(Path("/usr"), nobody, nobody) is None


def test_a_lock_names_its_holder_and_goes_with_it(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from runtime.embedded.places import DirectoryLock\n"
        "DirectoryLock(Path(sys.argv[1]), 'a city').take(); print('held', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        lock = DirectoryLock(tmp_path, "a city")
        with pytest.raises(DirectoryTaken, match=f"process {holder.pid}.*ONETHING_DATA_DIR"):
            lock.take()
        holder.kill()
        holder.wait()
        lock.take()
        lock.release()


def test_a_port_is_remembered_until_somebody_takes_it(tmp_path: Path) -> None:
    ports = RememberedPorts(tmp_path / "ports.json")
    first = ports.claim("gateway")
    assert RememberedPorts(tmp_path / "ports.json").claim("gateway") == first
    assert ports.claim("worker") != first
    with socket.create_server(("127.0.0.1", first)):
        assert not is_free(first)
        second = ports.claim("gateway")
        assert second != first
    assert ports.claim("gateway") == second
    ports.forget("gateway")
    assert "gateway" not in ports.all()


def test_a_preferred_port_is_taken_when_it_is_free(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        busy = taken.getsockname()[1]
        assert RememberedPorts(tmp_path / "a.json").claim("gateway", busy) != busy
    assert RememberedPorts(tmp_path / "b.json").claim("gateway", busy) == busy


def test_a_new_port_is_none_that_the_system_hands_out_by_itself(tmp_path: Path) -> None:
    handed_out = Path("/proc/sys/net/ipv4/ip_local_port_range")
    lowest = int(handed_out.read_text().split()[0]) if handed_out.exists() else 49152
    claimed = {RememberedPorts(tmp_path / "ports.json").claim(name) for name in ("one", "two", "three")}
    assert len(claimed) == 3
    assert all(1024 < port < lowest for port in claimed)


def test_a_broken_memory_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "ports.json").write_text("{")
    assert RememberedPorts(tmp_path / "ports.json").claim("gateway") > 0


def test_a_secret_is_made_once_and_private(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    assert kept_secret(file, lambda: "first") == "first"
    assert kept_secret(file, lambda: "second") == "first"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret"]


def test_a_claimed_port_is_reserved_until_it_is_released(tmp_path: Path) -> None:
    one, other = RememberedPorts(tmp_path / "one.json"), RememberedPorts(tmp_path / "other.json")
    port = one.claim("gateway")
    assert other.claim("gateway", port) != port, "though nothing listens there yet"
    program = (
        "import sys; from pathlib import Path; from runtime.embedded.ports import RememberedPorts\n"
        "print(RememberedPorts(Path(sys.argv[1])).claim('gateway', int(sys.argv[2])))\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "third.json"), str(port)]
    assert int(subprocess.run(command, capture_output=True, check=True).stdout) != port
    assert one.claim("gateway") == port
    one.release()
    assert RememberedPorts(tmp_path / "fourth.json").claim("gateway", port) == port
