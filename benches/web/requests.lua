-- Cycles through the tokens of the file BENCH_TOKENS, one a request; at the end one JSON line with what came back.
local requests, next = {}, 0

for token in io.lines(os.getenv("BENCH_TOKENS")) do
  requests[#requests + 1] = wrk.format("GET", "/orders/1", { ["Host"] = "localhost", ["Authorization"] = "Bearer " .. token })
end

function request()
  next = next % #requests + 1
  return requests[next]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('{"requests":%d,"microseconds":%d,"refused":%d,"failed":%d,"p50_us":%d,"p99_us":%d}\n',
    summary.requests, summary.duration, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
