"""Puts the findings on one line; the gate of the DAG file decides whether retraining starts."""

from __future__ import annotations

import orchestrator_task as task


def main() -> None:
    inputs = task.inputs()
    drift, performance = inputs["compare"], inputs["performance"]
    print(
        f"batch {inputs['load_batch']['year']}: most drifted is {drift['top_column']} "
        f"(PSI {drift['max_psi']:.4f}); the champion's ROC AUC is {performance['roc_auc']:.4f}, "
        f"{-performance['roc_auc_drop']:+.4f} against the reference year")
    task.write_metrics({"max_psi": drift["max_psi"], "roc_auc_drop": performance["roc_auc_drop"]})


main()
