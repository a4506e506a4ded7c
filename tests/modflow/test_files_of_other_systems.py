"""Files as other systems and habits write them: they say the same, so the same is read."""

import re

import flopy
import pytest

from gwsolver.core.errors import InputError
from gwsolver.modflow import read
from gwsolver.modflow.locate import split
from gwsolver.run.identity import simulation_hash
from tests.modflow.models import change, flow_simulation, write


def texts(folder):
    return [p for p in folder.iterdir() if p.is_file()]


def with_line_ends(folder):
    for path in texts(folder):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


def with_byte_order_marks(folder):
    for path in texts(folder):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())


def in_folders_named_with_backslashes(folder):
    (folder / "inp").mkdir()
    for name in ("flow.nam", "trans.nam"):
        for kind, file in re.findall(r"  (\S+6)  (\S+)", (folder / name).read_text()):
            (folder / file).rename(folder / "inp" / file)
            quote = "'" if kind in ("DIS6", "WEL6") else ""
            change(folder / name, f"  {file}  ", f"  {quote}.\\\\inp\\\\{file}{quote}  ")


def with_remarks_in_cp1251(folder):
    for path in texts(folder):
        path.write_bytes("# Участок Кожасай, слой 1\n".encode("cp1251") + path.read_bytes())


@pytest.mark.parametrize("how", [with_line_ends, with_byte_order_marks, in_folders_named_with_backslashes,
                                 with_remarks_in_cp1251])
def test_files_of_windows_are_read_as_those_of_linux(how, tmp_path):
    write(flow_simulation(tmp_path, transport="trans"))
    expected = simulation_hash(read(tmp_path))
    how(tmp_path)
    assert simulation_hash(read(tmp_path)) == expected


def test_backslashes_stay_as_they_are_within_and_without_quotes():
    assert split(r"DIS6 .\inp\flow.dis") == split(r"DIS6 '.\inp\flow.dis'") == split(r'DIS6 ".\inp\flow.dis"')


@pytest.mark.parametrize("model", ["flow", "trans"])
def test_lists_may_be_binary(model, tmp_path):
    """CHD of the flow, CNC of the transport, as flopy writes them; wells have names and stay text."""
    sim = flow_simulation(tmp_path, transport="trans")
    write(sim)
    expected = simulation_hash(read(tmp_path))
    sim.get_model(model).set_all_data_external(binary=True)
    write(sim)
    assert list(tmp_path.glob("*stress_period_data_1.bin"))
    assert simulation_hash(read(tmp_path)) == expected


def test_a_file_that_flopy_cannot_decode_is_named_with_its_line(tmp_path):
    """Remarks in cp1251 pass where the files are plain; flopy, which reads the rest, takes UTF-8 alone."""
    sim = flow_simulation(tmp_path)
    rain = flopy.mf6.ModflowGwfrcha(sim.get_model("flow"), pname="storm", filename="storm.rch",
                                    recharge="TIMEARRAYSERIES r")
    rain.tas.initialize(filename="storm.tas", tas_array={0.0: 0.0, 100.0: 1.0}, time_series_namerecord="r",
                        interpolation_methodrecord="linear")
    write(sim)
    change(tmp_path / "flow.npf", "BEGIN griddata", "BEGIN griddata\n# remark")
    path = tmp_path / "flow.npf"
    path.write_bytes(path.read_bytes().replace(b"# remark", "# Участок".encode("cp1251")))
    with pytest.raises(InputError, match=r"flow\.npf, line \d+: the text is not UTF-8") as error:
        read(tmp_path)
    assert len(error.value.problems) == 1
