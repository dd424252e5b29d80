-- The current stamp of a function, by which results of it are found: `version#generation`.
local currentStamps = {}
local function currentStamp(name)
  local stamp = currentStamps[name]
  if stamp == nil then
    stamp = redis.call('HGET', functionsKey, name)
    currentStamps[name] = stamp
  end
  return stamp
end
