"""The command line: one module a command, and what they share. Data goes to stdout, words go to stderr.

program.py     builds the parser, runs a command, turns every failure into one line and an exit code
decode.py  verify.py  sign.py  key.py  doctor.py     the commands
arguments.py  keyfiles.py  policy.py  tokens.py      what a user gives: options, keys, policy, tokens
repairs.py                                           the tolerant reader of decode
stream.py  lines.py  interrupts.py  tally.py         the endless input of verify
claims.py  outfiles.py                               claims for sign; files that hold keys
exits.py  terminal.py  times.py  descriptors.py      what a user sees: exit codes, safe text, dates; whole writes
"""
