"""`cairn post`: send a file of reports, one CloudEvents event a line, and go on where it was broken off."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from services.console.calling import HUB, Credentials, HubAddress, NotAnswered, call

_BATCH = 100
_BATCH_BYTES_MAX = 4 * 1024 * 1024
_LINE_BYTES_MAX = 1024 * 1024

Answer = dict[str, Any]


def post(
    file: Annotated[Path, typer.Argument(help="NDJSON: one CloudEvents event a line.", exists=True, dir_okay=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print each receipt or problem as a line of JSON.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Start from the first line, whatever was sent before.")
    ] = False,
    hub: HubAddress = HUB,
    credentials: Credentials = "",
) -> None:
    """Send a file of reports. Sending a report twice is harmless: its receipt is the same.

    Exit status: 0, all were taken; 1, some were refused, or the hub could not be reached: run it again to go on.
    """
    told = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    raw = file.read_bytes()
    lines = [(number, line) for number, line in enumerate(raw.split(b"\n"), start=1) if line.strip()]
    mark = _Mark(file, raw, hub)
    done = 0 if again else mark.read()
    kinds: dict[str, int] = {}
    with Progress(console=told, disable=not told.is_terminal, redirect_stdout=False) as progress:
        task = progress.add_task("Sending reports", total=len(lines), completed=done)
        sent = done
        for batch in _batches(lines[done:]):
            try:
                answers = _send([line for _, line in batch], hub, credentials)
            except NotAnswered as problem:
                told.print(f"{problem} {sent} of {len(lines)} were sent. Run it again to go on.")
                raise typer.Exit(1) from problem
            for (number, _), answer in zip(batch, answers, strict=True):
                kind = _show(number, answer, as_json, told)
                kinds[kind] = kinds.get(kind, 0) + 1
            sent += len(batch)
            mark.write(sent)
            progress.advance(task, len(batch))
    mark.remove()
    told.print(
        f"{len(lines) - done} sent: {', '.join(f'{kinds[kind]} {kind}' for kind in sorted(kinds)) or 'nothing'}."
    )
    raise typer.Exit(1 if "refused" in kinds else 0)


def _batches(lines: Sequence[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    """Lines with their numbers, so many and so large together as a batch may be."""
    batch: list[tuple[int, bytes]] = []
    size = 0
    for number, line in lines:
        if batch and (len(batch) == _BATCH or size + len(line) > _BATCH_BYTES_MAX):
            yield batch
            batch, size = [], 0
        batch.append((number, line))
        size += len(line)
    if batch:
        yield batch


def _send(lines: Sequence[bytes], hub: str, credentials: str) -> list[Answer]:
    """For each line its receipt or its problem; what is no JSON does not spoil the others."""
    refused = [_unfit(line) for line in lines]
    fit = [line for line, problem in zip(lines, refused, strict=True) if problem is None]
    taken: Iterator[Answer] = iter(())
    if fit:
        headers = {"content-type": "application/cloudevents-batch+json"}
        body = b"[" + b",".join(fit) + b"]"
        taken = iter(call("POST", hub, "/intake/v1/events", credentials, content=body, headers=headers).json())
    return [problem or next(taken) for problem in refused]


def _unfit(line: bytes) -> Answer | None:
    if len(line) > _LINE_BYTES_MAX:
        return {"title": "The line is too large", "status": 413}
    try:
        json.loads(line.decode())
    except (ValueError, RecursionError):
        return {"title": "The line is not JSON in UTF-8", "status": 400}
    return None


def _show(number: int, answer: Answer, as_json: bool, told: Console) -> str:
    """Show what became of one line; gives the word for it."""
    status = str(answer["status"]) if "receipt" in answer else "refused"
    if as_json:
        typer.echo(json.dumps({"line": number} | answer, ensure_ascii=False))
    if status in ("refused", "quarantined"):
        errors = [*answer.get("errors", ()), *answer.get("reasons", ())]
        places = [f"{one.get('pointer')} ({one.get('code')})" for one in errors]
        told.print(f"line {number}: {'; '.join([str(answer.get('title', status)), *places])}")
    return status


class _Mark:
    """How far a file was sent to a hub, kept beside it until it is done."""

    def __init__(self, file: Path, raw: bytes, hub: str) -> None:
        self._path = file.with_suffix(file.suffix + ".sent")
        self._digest = hashlib.sha256(hub.rstrip("/").encode() + b"\n" + raw).hexdigest()

    def read(self) -> int:
        """How many lines of this very file this hub has answered."""
        try:
            digest, count = self._path.read_text().split()
            return int(count) if digest == self._digest else 0
        except (OSError, ValueError):
            return 0

    def write(self, sent: int) -> None:
        self._path.write_text(f"{self._digest} {sent}\n")

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)
