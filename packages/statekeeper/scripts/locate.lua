-- Returns where requests are.
-- needs: time inbox record members
-- ARGV: ids
-- reply: for each id: queued, claimed (awaited, if a worker of this pool waits for it) or unknown
-- bound: the number of ids
local isOwnWorker = {}
local function isAwaited(text)
  for _, waiter in ipairs(text and headerOf(text).waiters or {}) do
    if isOwnWorker[waiter] == nil then
      local member = readMember(redis.call('HGET', membersKey, waiter) or '')
      isOwnWorker[waiter] = member.kind == 'worker' and not member.isBridge
    end
    if isOwnWorker[waiter] then return true end
  end
  return false
end

local reply = {}
local claims = #ARGV > 0 and fieldsOf(claimsKey, ARGV) or {}
for i, id in ipairs(ARGV) do
  if claims[i] then
    reply[i] = isAwaited(redis.call('HGET', requestsKey, id)) and 'awaited' or 'claimed'
  else
    reply[i] = redis.call('HEXISTS', requestsKey, id) == 1 and 'queued' or 'unknown'
  end
end
return reply
