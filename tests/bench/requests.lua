-- The requests of a plan, for wrk: `wrk … -s requests.lua URL -- PLAN RUN`. Plan::raw writes the
-- file.
local KEY, MADE = ("@"):rep(32), "{made}"
local requests, undo, made, sent, run = {}, nil, {}, 0, nil
local threads = {}
wrong = 0

local function halves(text, mark)
  local first, last = text:find(mark, 1, true)
  if first then return text:sub(1, first - 1), text:sub(last + 1) end
end

local function read(path)
  local file = assert(io.open(path, "rb"))
  local expected, has_undo = file:read("*l"):match("^(%d+) (%d)$")
  local length = file:read("*l")
  while length do
    table.insert(requests, file:read(tonumber(length)))
    length = file:read("*l")
  end
  file:close()
  if has_undo == "1" then undo = table.remove(requests, 1) end
  return tonumber(expected)
end

function setup(thread) table.insert(threads, thread) end

function init(args)
  run = args[2]
  local expected = read(args[1])
  for at, request in ipairs(requests) do
    local before, after = halves(request, KEY)
    requests[at] = before and {before, after} or request
  end
  if undo then
    undo = {halves(undo, MADE)}
    -- An undo answers 204, and is no request of the plan.
    function response(status, _, body)
      if status == expected then table.insert(made, body:match('"id":%s*"([^"]+)"'))
      elseif status ~= 204 then wrong = wrong + 1 end
    end
  elseif expected ~= 200 then
    function response(status) if status ~= expected then wrong = wrong + 1 end end
  end
end

function request()
  local id = undo and table.remove(made)
  if id then return undo[1] .. id .. undo[2] end
  sent = sent + 1
  local next = requests[(sent - 1) % #requests + 1]
  if type(next) == "string" then return next end
  return next[1] .. string.format("%s%016d", run, sent) .. next[2]
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.timeout + errors.status
  io.write(string.format('\nFIGURES {"requests": %d, "microseconds": %d, "failed": %d, "wrong": %d, "p50_ms": %.3f, "p99_ms": %.3f}\n',
    summary.requests, summary.duration, failed, threads[1]:get("wrong"), latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
