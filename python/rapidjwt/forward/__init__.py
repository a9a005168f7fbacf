"""The forward-auth service: gateways ask it about each request, `rapidjwt serve` runs it. docs/guide/forward-auth.md tells how,
docs/design/010-forward-auth.md why.
"""
