"""Makes the challenger the champion, if the champion it has beaten is still the one in use."""

from __future__ import annotations

import sys

import joblib
import numpy as np

import champion
import orchestrator_task as task
from census import FEATURES, REFERENCE_YEAR, year_table


def main() -> None:
    inputs = task.inputs()
    model, beaten = task.input_file("challenge", "model.joblib"), inputs["ensure_champion"]["version"]
    with champion.exclusive():
        holder = champion.current()
        if holder and holder.version == task.sha256(model)[:12]:
            print("it is the champion already")  # an earlier try got this far
        elif holder is None or holder.version != beaten:
            sys.exit(f"the challenger met champion {beaten}, but another one is in use now")
        else:
            holder = champion.enthrone(model, inputs["challenge"]["years"])
    # The proof that what is in use can be loaded and answers.
    sample = year_table(REFERENCE_YEAR).head(3)
    answers = joblib.load(holder.model).predict_proba(sample[FEATURES])[:, 1]
    if not np.all((answers >= 0) & (answers <= 1)):
        sys.exit("the new champion does not answer with probabilities")
    print(f"champion {holder.version}, trained on {', '.join(holder.years)}")
    print(f"sample answers {answers.round(4)}")
    task.write_outputs({"version": holder.version, "years": holder.years, "replaced": beaten})


main()
