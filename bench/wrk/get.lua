-- GET of a random memo by id, each with the session of its account.
dofile("common.lua")

function init(args)
  load_sessions(args[1])
  tails = heads(" HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n\r\n")
end

function request()
  local i = math.random(#memos)
  return "GET /api/v1/memos/" .. memos[i] .. tails[owners[i]]
end
