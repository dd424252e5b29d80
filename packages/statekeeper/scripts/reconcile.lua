-- Compares what a worker holds with what is noted as running there. Claims it never heard of are given again; requests that
-- it holds and nobody waits for any more are closed and named.
-- needs: time counters inbox record
-- ARGV: worker, then the ids it holds
-- reply: list of claims (id, payload, mode, timeoutMs, losses each), list of abandoned ids
-- bound: the number of ids held and noted
local worker = ARGV[1]
local held = {}
local abandoned = {}
for i = 2, #ARGV do
  local id = ARGV[i]
  held[id] = true
  local record = openRecord(id)
  if record and record.owner == worker and not hasKnownWaiter(record) then
    redis.call('DEL', requestOf .. id)
    redis.call('SREM', runningOf .. worker, id)
    abandoned[#abandoned + 1] = id
  end
end
local claims = {}
local noted = redis.call('SMEMBERS', runningOf .. worker)
table.sort(noted)
for _, id in ipairs(noted) do
  if not held[id] then
    local record = openRecord(id)
    if record and record.owner == worker then
      local timeout = 0
      if record.deadline then timeout = math.max(1, tonumber(record.deadline) - readClock()) end
      for _, part in ipairs({ id, record.payload, record.mode or 'use', tostring(timeout), record.losses or '0' }) do
        claims[#claims + 1] = part
      end
    else
      redis.call('SREM', runningOf .. worker, id)
    end
  end
end
count('withdrawn', #abandoned)
storeCounters()
return { claims, abandoned }
