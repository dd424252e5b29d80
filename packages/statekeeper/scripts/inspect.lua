-- Reads a pool for `status`.
-- needs: time counters inbox members functions hosts expected
-- ARGV: the most members to show
-- reply: how many wait in the pool's queue and callers', clients, head or empty, function table, counters, hosts (see
--        lib/hosts.lua), the time in ms, the capacity as noted or empty, announced work (see
--        lib/expected.lua), then for each member: id, JSON, ms until its lease lapses,
--        queued, running, is a volunteer (1|0), how much memory it takes in MB (empty: not reported)
-- bound: the most members to show, the number of functions, 1000 hosts
local reply = {
  math.max(0, waitingNow()),
  redis.call('ZCARD', leasesKey) - redis.call('HLEN', membersKey) - redis.call('HLEN', hostsKey),
  redis.call('GET', headKey) or '',
  functionTable(),
  redis.call('HGETALL', statsKey),
  hostStates(),
  string.format('%d', readClock()),
  redis.call('GET', capacityKey) or '',
  expectedWork(),
}
local members = redis.call('HGETALL', membersKey)
for i = 1, math.min(#members, 2 * tonumber(ARGV[1])), 2 do
  local id = members[i]
  local lease = redis.call('ZSCORE', leasesKey, id)
  for _, part in ipairs({
    id, members[i + 1], tostring(lease and lease - readClock() or 0), redis.call('ZCARD', queueOf .. id),
    redis.call('SCARD', runningOf .. id), redis.call('HEXISTS', volunteersKey, id),
    redis.call('HGET', memoryKey, id) or '',
  }) do reply[#reply + 1] = part end
end
return reply
