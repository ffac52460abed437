#!/usr/bin/env python3
"""Plans charges as JSON Lines, one job a line; whether they happen, a person decides."""
import json
import subprocess
from pathlib import Path

overdue = [("cus_anna", "INV-1001", "19.99"), ("cus_bert", "INV-1002", "5.00")]
names = ["customer_id", "invoice_number", "amount"]
jobs = [dict(zip(names, job), currency="usd", reason="60 days overdue") for job in overdue]
job_file = Path(__file__).resolve().parent.parent / "jobs" / "overdue.json"
command = ["sluice", "submit", "-", "--job", job_file, "--planner", "plan.py", "--json"]
lines = "\n".join(json.dumps(job) for job in jobs)
submitted = subprocess.run(command, input=lines, stdout=subprocess.PIPE, text=True, check=True)
print("Tell a person to type: sluice preview", json.loads(submitted.stdout)["batch"])
