-- Takes outcomes in: the first outcome of an open request wins, an error only from its owner; tells the waiters.
-- needs: counters inbox record
-- ARGV: worker, number of reports, for each: function name, evaluations, failures, selfMicros;
--       then for each outcome: id, outcome text, ttlMs (0: do not keep), stamp
-- reply: nothing
-- bound: the number of outcomes
local worker, reports = ARGV[1], tonumber(ARGV[2])
for i = 3, 2 + 4 * reports, 4 do
  count('evaluated', tonumber(ARGV[i + 1]))
  count('evaluated:' .. ARGV[i], tonumber(ARGV[i + 1]))
  count('failed', tonumber(ARGV[i + 2]))
  redis.call('HSET', costsKey, ARGV[i], ARGV[i + 3])
end

local done = {}
for i = 3 + 4 * reports, #ARGV, 4 do
  local id, outcome, ttlMs, stamp = ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2]), ARGV[i + 3]
  local isError = string.byte(outcome) == 33
  local isKept = not isError and ttlMs > 0
  local record = openRecord(id)
  done[#done + 1] = id
  if record == nil then
    if isKept then redis.call('SET', resultOf .. id, stamp .. ' ' .. outcome, 'PX', ttlMs, 'NX') end
    count('late', 1)
  elseif isError and record.owner ~= worker then
    count('fenced', 1)
  else
    if isKept then redis.call('SET', resultOf .. id, stamp .. ' ' .. outcome, 'PX', ttlMs) end
    finish(id, record, outcome, isKept, worker)
    if record.owner and record.owner ~= worker then
      redis.call('SREM', runningOf .. record.owner, id)
      send(record.owner, 'cancel ' .. id)
    end
    count('completed', 1)
  end
end
pushAll('SREM', runningOf .. worker, done)
deliver()
storeCounters()
