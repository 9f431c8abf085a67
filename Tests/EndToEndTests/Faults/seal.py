"""Seals an exported run anew after something in it was changed, as a forger would: the format as docs/cli.md has it."""

import hashlib, sqlite3, struct, sys
TABLES = ["fact", "file", "dag_run", "task_instance", "attempt", "task_output", "metric", "metric_last", "artifact",
          "gate_verdict", "task_input", "rendered_fields", "cache_lookup"]
KINDS = {"null": lambda v: b"-", "integer": lambda v: b"i%d\n" % v,
         "real": lambda v: b"d%d\n" % struct.unpack(">Q", struct.pack(">d", v)),
         "text": lambda v: b"s%d:" % len(v) + v, "blob": lambda v: b"b%d:" % len(v) + v}
database = sqlite3.connect(sys.argv[1])
database.text_factory = bytes
seal = hashlib.sha256()
for table in TABLES:
    columns = [row[1].decode() for row in database.execute(f"PRAGMA table_info({table})")]
    if columns:
        seal.update(f"{table}({','.join(columns)})\n".encode())
        names = ", ".join(f'typeof("{name}"), "{name}"' for name in columns)
        for row in database.execute(f"SELECT {names} FROM {table} ORDER BY rowid"):
            if table != "fact" or row[1] != b"seal":
                for kind, value in zip(row[::2], row[1::2]):
                    seal.update(KINDS[kind.decode()](value))
database.execute("UPDATE fact SET value = ? WHERE name = 'seal'", [seal.hexdigest()])
database.commit()
