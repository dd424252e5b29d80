-- Reads a pool for `status`.
-- needs: time counters inbox record members stamps functions hosts expected
-- ARGV: the most members to show
-- reply: how many wait in the pool's queue and callers', clients, head or empty, function table, counters, hosts (see
--        lib/hosts.lua), the time in ms, the capacity as noted or empty, announced work (see
--        lib/expected.lua), how far functions are (for each: id, worker, what was noted), then for each member: id, JSON, ms until its lease lapses,
--        queued, running, is a volunteer (1|0), how much memory it takes in MB (empty: not reported)
-- bound: the most members to show, the number of functions, 1000 hosts, 1000 notes
local sampledNotes, shownReports = 1000, 100

-- Those that were claimed first; of very many notes a sample is looked at.
local function progressReports()
  local notes = redis.call('HRANDFIELD', notesKey, sampledNotes, 'WITHVALUES')
  local ids, noted = {}, {}
  for i = 1, #notes, 2 do
    local id = string.match(notes[i], '^progress (.+)$')
    if id then
      ids[#ids + 1] = id
      noted[id] = notes[i + 1]
    end
  end
  local claims, running = fieldsOf(claimsKey, ids), {}
  for i, id in ipairs(ids) do
    local worker, at = string.match(claims[i] or '', '^(%S+) (%d+)')
    if worker then running[#running + 1] = { id = id, worker = worker, at = tonumber(at) } end
  end
  table.sort(running, function(a, b) return a.at < b.at or a.at == b.at and a.id < b.id end)
  local reports = {}
  for i = 1, math.min(#running, shownReports) do
    reports[#reports + 1] = running[i].id
    reports[#reports + 1] = running[i].worker
    reports[#reports + 1] = noted[running[i].id]
  end
  return reports
end

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
  progressReports(),
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
