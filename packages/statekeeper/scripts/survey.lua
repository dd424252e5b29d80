-- Reads what the number of workers that a pool should have is reckoned from.
-- needs: time inbox record hosts
-- ARGV: how many waiting requests to sample, how many members
-- reply: length of the pool's queue, members, volunteers; of the sampled members: how many, workers among them, their slots, and
--        what is on their own queues; hosts (see lib/hosts.lua); then for each sampled request: id, self time in µs or empty
-- bound: what is to be sampled, on two ends of the pool's queue and of each sampled member's; 1000 hosts
local most, mostMembers = tonumber(ARGV[1]), tonumber(ARGV[2])
local queued = redis.call('LLEN', queueKey)
local ids = {}
local function sample(key, first, last)
  for _, id in ipairs(redis.call('LRANGE', key, first, last)) do ids[#ids + 1] = id end
end
if queued <= most then
  sample(queueKey, 0, -1)
else
  sample(queueKey, 0, math.ceil(most / 2) - 1)
  sample(queueKey, -math.floor(most / 2), -1)
end

local workers, slots, ownQueued = 0, 0, 0
local members = redis.call('HRANDFIELD', membersKey, mostMembers, 'WITHVALUES')
for i = 1, #members, 2 do
  local member = cjson.decode(members[i + 1])
  if member.kind == 'worker' then
    workers = workers + 1
    slots = slots + (tonumber(member.description.slots) or 1)
  end
  local length = redis.call('LLEN', queueOf .. members[i])
  ownQueued = ownQueued + length
  if length > 0 and #ids < most then sample(queueOf .. members[i], 0, most - #ids - 1) end
end

local reply = {
  queued, redis.call('HLEN', membersKey), redis.call('HLEN', volunteersKey), #members / 2, workers, slots, ownQueued, hostStates(),
}
if #ids == 0 then return reply end
local texts, claims = readMany(requestOf, ids), fieldsOf(claimsKey, ids)
for i, id in ipairs(ids) do
  if texts[i] and not claims[i] then
    local header = headerOf(texts[i])
    if header.isWanted then
      reply[#reply + 1] = id
      reply[#reply + 1] = redis.call('HGET', costsKey, functionNameAt(texts[i], header.length + 1)) or ''
    end
  end
end
return reply
