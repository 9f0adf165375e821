-- The newest 50 memos of an account, accounts in turn.
dofile("common.lua")

function init(args)
  load_sessions(args[1])
  lists = heads("GET /api/v1/memos?limit=50 HTTP/1.1\r\nHost: 127.0.0.1\r\n" ..
    "Authorization: Bearer %s\r\n\r\n")
  turn = worker
end

function request()
  turn = turn % #lists + 1
  return lists[turn]
end
