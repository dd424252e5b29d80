-- Counters of this call, written once each at its end by storeCounters().
local counters = {}
local function count(name, by)
  counters[name] = (counters[name] or 0) + by
end
local function storeCounters()
  for name, by in pairs(counters) do
    if by ~= 0 then redis.call('HINCRBY', statsKey, name, by) end
  end
end
