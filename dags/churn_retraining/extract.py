"""Takes the customers of the wanted kind out of the source, as one typed table."""

from __future__ import annotations

import churn
import orchestrator_task as task
import source


def main() -> None:
    everyone, file = source.read()
    customers = churn.kind(everyone, task.params().get("customers", "all"))
    customers.to_parquet(task.artifact("customers.parquet"), index=False)
    print(customers.head().T.to_string())
    task.write_outputs({
        "rows": len(customers),
        "columns": customers.shape[1],
        "source": file.name,
        "source_sha256": task.sha256(file),
    })


main()
