"""An RO-Crate: its validator, its reader, and the records that it holds."""

import hashlib
import io
import subprocess
import tempfile
import urllib.request
import urllib.response
from email.message import Message
from pathlib import Path

import requests
import rocrate
import urllib3
from rocrate.rocrate import ROCrate
from rocrate_validator import models, services


CONTEXT = "https://w3id.org/ro/crate/1.1/context"


def words_of_ro_crate():
    """The words of RO-Crate 1.1, which the validator asks the network for, and rocrate 0.13 has."""
    return (Path(rocrate.__file__).with_name("data") / "ro-crate.jsonld").read_bytes()


class Opener(urllib.request.HTTPSHandler):
    """What answers rdflib."""

    def https_open(self, request):
        assert request.full_url == CONTEXT, request.full_url
        headers = Message()
        headers["Content-Type"] = "application/ld+json"
        found = urllib.response.addinfourl(io.BytesIO(words_of_ro_crate()), headers, CONTEXT, 200)
        found.msg = "OK"
        return found


def answer(adapter, request, **_settings):
    """What answers the validator itself."""
    assert request.url == CONTEXT, request.url
    raw = urllib3.HTTPResponse(
        body=io.BytesIO(words_of_ro_crate()),
        headers={"Content-Type": "application/ld+json"},
        status=200,
        preload_content=False,
        request_url=CONTEXT,
    )
    return adapter.build_response(request, raw)


def many(value):
    return value if isinstance(value, list) else [value]


def check(out, expected, program):
    urllib.request.install_opener(urllib.request.build_opener(Opener))
    requests.adapters.HTTPAdapter.send = answer
    settings = services.ValidationSettings(
        rocrate_uri=str(out),
        profile_identifier="ro-crate-1.1",
        requirement_severity=models.Severity.RECOMMENDED,
    )
    result = services.validate(settings)
    issues = [f"{issue.severity.name}: {issue.message}" for issue in result.get_issues()]
    # Whom no record names.
    unknown = ["`author`", "`publisher`"]
    issues = [issue for issue in issues if not any(who in issue for who in unknown)]
    assert not issues, issues

    crate = ROCrate(str(out))
    root = crate.root_dataset
    assert root["name"] == expected.study["title"]
    assert root["license"].id == "https://spdx.org/licenses/CC-BY-4.0"
    # The day on which the last trial ended.
    assert root["datePublished"] == "2023-11-16", root["datePublished"]
    files = [e for e in crate.data_entities if "File" in e.type]
    assert {file.id for file in files} == {"records.jsonl.gz", "study/records.toml"}
    for file in files:
        contents = (out / file.id).read_bytes()
        assert file["contentSize"] == str(len(contents)), file
        assert file["sha256"] == hashlib.sha256(contents).hexdigest(), file
    assert (out / "study/records.toml").read_text() == expected.study["files"][0]["text"]
    action = crate.dereference("#run")
    assert "CreateAction" in action.type
    assert {entity.id for entity in many(action["result"])} == {"records.jsonl.gz"}
    programs = [e for e in many(action["instrument"]) if "SoftwareApplication" in e.type]
    assert [p["identifier"] for p in programs] == ["abc1234"]
    machines = {e["name"] for e in many(action["instrument"]) if "Product" in e.type}
    assert machines == {"bench", "elsewhere"}

    # Whoever gets the crate makes the same report of it.
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report"
        records = out / "records.jsonl.gz"
        subprocess.run([program, "report", "--records", records, "--out", report], check=True, capture_output=True)
        rows = (report / "epochs.csv").read_text().splitlines()
        assert len(rows) > len(expected.csv)
    return {"files": len(files)}
