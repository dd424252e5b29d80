-- Counters of this call, written once each at its end by storeCounters(); among them by how much there are more ids now that wait
-- in the pool's queue and in those of callers.
local counters, moreWaiting, waitingBefore = {}, 0, nil
local function count(name, by)
  counters[name] = (counters[name] or 0) + by
end
local function countWaiting(by) moreWaiting = moreWaiting + by end
local function waitingNow()
  waitingBefore = waitingBefore or tonumber(redis.call('GET', waitingKey) or '0')
  return waitingBefore + moreWaiting
end
local function storeCounters()
  if moreWaiting ~= 0 then redis.call('INCRBY', waitingKey, moreWaiting) end
  for name, by in pairs(counters) do
    if by ~= 0 then redis.call('HINCRBY', statsKey, name, by) end
  end
end
