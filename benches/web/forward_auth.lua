-- Calls as nginx makes them, with the tokens of the file BENCH_TOKENS in turn.
local requests, next = {}, 0

for token in io.lines(os.getenv("BENCH_TOKENS")) do
  requests[#requests + 1] = wrk.format("GET", "/verify", { ["Host"] = "localhost", ["X-Original-Method"] = "GET",
    ["X-Original-URI"] = "/orders/1", ["User-Agent"] = "bench", ["Accept"] = "*/*", ["Authorization"] = "Bearer " .. token })
end

function request()
  next = next % #requests + 1
  return requests[next]
end
