-- Compares what a worker holds with what is noted as running there. Claims that the worker does not hold are given again; requests that
-- it holds and no caller waits for any more are closed and named, except lost ones (draw.lua).
-- needs: time counters inbox record places
-- ARGV: worker, then the ids it holds
-- reply: the time in ms if there are claims, list of claims (id, record each), list of abandoned ids, whether it is a volunteer (1|0)
-- bound: the number of ids held and noted
local worker = ARGV[1]
local held = {}
local abandoned = {}
for i = 2, #ARGV do
  local id = ARGV[i]
  held[id] = true
  local record = readRecord(id)
  local isMine = record and workerOf(redis.call('HGET', claimsKey, id)) == worker
  if isMine and record.losses == 0 and not hasKnownWaiter(record) then
    close(id, record)
    redis.call('SREM', runningOf .. worker, id)
    abandoned[#abandoned + 1] = id
  end
end
local claims = {}
local noted = redis.call('SMEMBERS', runningOf .. worker)
table.sort(noted)
for _, id in ipairs(noted) do
  if not held[id] then
    local record = readRecord(id)
    if record and workerOf(redis.call('HGET', claimsKey, id)) == worker then
      claims[#claims + 1] = id
      claims[#claims + 1] = recordText(record)
    else
      redis.call('SREM', runningOf .. worker, id)
    end
  end
end
count('withdrawn', #abandoned)
storeCounters()
local at = #claims > 0 and string.format('%d', readClock()) or ''
return { at, claims, abandoned, redis.call('HEXISTS', volunteersKey, worker) }
