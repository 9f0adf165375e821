-- What the scripts share. Arguments after "--": the sessions file, and a word that makes this run's
-- idempotency keys unique. A line of the sessions file is "session TOKEN" or "memo N ID", where N
-- counts the sessions from 1 and the memo belongs to that session's account.

local workers = 0

function setup(thread)
  workers = workers + 1
  thread:set("worker", workers)
end

-- Called by the scripts' init.
function load_sessions(path)
  sessions, owners, memos = {}, {}, {}
  for line in io.lines(path) do
    local kind, rest = line:match("^(%l+) (.+)$")
    if kind == "session" then
      sessions[#sessions + 1] = rest
    else
      local owner, id = rest:match("^(%d+) (%S+)$")
      owners[#owners + 1] = tonumber(owner)
      memos[#memos + 1] = id
    end
  end
  math.randomseed(worker)
end

-- The unchanging start of a request of each session.
function heads(format)
  local made = {}
  for i, token in ipairs(sessions) do made[i] = format:format(token) end
  return made
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '{"requests":%d,"duration_us":%d,"p50_us":%d,"p99_us":%d,"max_us":%d,' ..
    '"not_2xx_3xx":%d,"socket_errors":%d,"timeouts":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    latency.max, e.status, e.connect + e.read + e.write, e.timeout))
end
