-- Reads the figures from which the number of desired workers is computed.
-- needs: time counters inbox record places queues callers hosts expected members
-- ARGV: how many waiting requests to sample, how many members
-- reply: how many wait in the pool's queue and callers', members, idle workers; of the sampled members: how many, workers among them (bridges do not count), their
--        slots, and what is on their own queues; hosts (see lib/hosts.lua), announced work (see lib/expected.lua); then for each sampled request: id, self time in µs or empty
-- bound: what is to be sampled, on two ends of shared queues, of the callers that limits.ts says, and on each sampled member's; 1000 hosts
local most, mostMembers = tonumber(ARGV[1]), tonumber(ARGV[2])
local queued = math.max(0, waitingNow())
local ids = {}
local function sample(key, first, last)
  for _, id in ipairs(redis.call('ZRANGE', key, first, last)) do ids[#ids + 1] = id end
end
local places = { poolPlace }
for _, caller in ipairs(reversed(callersLastFirst(callersPerLine))) do places[#places + 1] = caller.place end
-- of each queue as large a part as it is of what waits
for _, place in ipairs(places) do
  local key = KEYS[1] .. place
  local length = redis.call('ZCARD', key)
  local part = math.min(most - #ids, math.ceil(most * length / math.max(1, queued)))
  if length <= part then
    sample(key, 0, -1)
  else
    if part > 0 then sample(key, 0, math.ceil(part / 2) - 1) end
    if part > 1 then sample(key, -math.floor(part / 2), -1) end
  end
end

local workers, slots, ownQueued, idle = 0, 0, 0, redis.call('HLEN', volunteersKey)
local members = redis.call('HRANDFIELD', membersKey, mostMembers, 'WITHVALUES')
for i = 1, #members, 2 do
  local member = readMember(members[i + 1])
  if member.isBridge then
    idle = idle - redis.call('HEXISTS', volunteersKey, members[i])
  elseif member.kind == 'worker' then
    workers = workers + 1
    slots = slots + (member.slots or 1)
  end
  local length = redis.call('ZCARD', queueOf .. members[i])
  ownQueued = ownQueued + length
  if length > 0 and #ids < most then sample(queueOf .. members[i], 0, most - #ids - 1) end
end

local reply = {
  queued, redis.call('HLEN', membersKey), idle, #members / 2, workers, slots, ownQueued, hostStates(),
  expectedWork(),
}
if #ids == 0 then return reply end
local selfTimes = {}
local function selfTimeOf(name)
  selfTimes[name] = selfTimes[name] or redis.call('HGET', costsKey, name) or ''
  return selfTimes[name]
end

local texts, claims = fieldsOf(requestsKey, ids), fieldsOf(claimsKey, ids)
for i, id in ipairs(ids) do
  if texts[i] and not claims[i] then
    local header = headerOf(texts[i])
    if isWanted(header) or header.losses > 0 and not header.isUnreadable then
      reply[#reply + 1] = id
      reply[#reply + 1] = selfTimeOf(functionNameAt(texts[i], header.length + 1))
    end
  end
end
return reply
