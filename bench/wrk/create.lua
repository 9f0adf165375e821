-- A new memo of about 200 bytes, accounts in turn, each with an idempotency key of its own.
dofile("common.lua")

function init(args)
  load_sessions(args[1])
  local text = ("A memo that somebody will want to read again. "):rep(4)
  body = '{"title":"Written by the benchmark","content":"' .. text .. '"}'
  starts = heads("POST /api/v1/memos HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n" ..
    "Content-Type: application/json\r\nContent-Length: " .. #body .. "\r\nIdempotency-Key: ")
  prefix = args[2] .. "-" .. worker .. "-"
  rest = "\r\n\r\n" .. body
  count = 0
  turn = worker
end

function request()
  count = count + 1
  turn = turn % #starts + 1
  return starts[turn] .. prefix .. count .. rest
end
