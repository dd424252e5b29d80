-- Stamps say which code made an outcome: `version#generation` of the function, and behind it `,name@version` for each other version of a
-- function that took part; of no code, `#0`. Code is current unless the function table has another version of that function. Two versions of one
-- function were current at no time, also where the table does not know the function.
local function isCurrent(name, version)
  local stamp = currentStamp(name)
  return not stamp or string.sub(stamp, 1, #version + 1) == version .. '#'
end

-- Of the part behind the generation; most outcomes of a call have the same one.
local verdicts = {}
local function areCurrent(others)
  if others == '' then return true end
  local verdict = verdicts[others]
  if verdict == nil then
    verdict = true
    local named = {}
    for name, version in string.gmatch(others, ',([^@,]+)@([^,]+)') do
      verdict = verdict and not named[name] and isCurrent(name, version)
      named[name] = true
    end
    verdicts[others] = verdict
  end
  return verdict
end

local lastMadeBy, lastMade, lastVerdict = nil, nil, nil
local function isMadeByCurrentCode(name, stamp)
  if name == lastMadeBy and stamp == lastMade then return lastVerdict end
  local version, others = string.match(stamp, '^([^#]*)#%d+(.*)$')
  lastMadeBy, lastMade = name, stamp
  local isMixed = others and string.find(others, ',' .. name .. '@', 1, true)
  lastVerdict = not version or version == '' or not isMixed and isCurrent(name, version) and areCurrent(others)
  return lastVerdict
end
