-- Messages of this call, pushed once a process at its end by deliver(). A process without a lease gets none, and neither
-- does one that lets its inbox grow without reading: both learn the rest by checking. Outcomes have a list of their own, to which users with a
-- caller's rights cannot push: no script that callers run sends any.
local inboxLimit = 100000
local pushLimit = 4000
local leases = {}
local function isKnown(process)
  local known = leases[process]
  if known == nil then
    known = redis.call('ZSCORE', leasesKey, process) and true or false
    leases[process] = known
  end
  return known
end

local mail, outcomeMail = {}, {}
local function addTo(letters, process, message)
  local messages = letters[process]
  if messages == nil then
    letters[process] = { message }
  else
    messages[#messages + 1] = message
  end
end
local function send(process, message) addTo(mail, process, message) end
local function sendOutcome(process, message) addTo(outcomeMail, process, message) end

local function deliverTo(prefix, letters)
  for process, messages in pairs(letters) do
    local inbox = prefix .. process
    if isKnown(process) then
      local length = 0
      for first = 1, #messages, pushLimit do
        length = redis.call('RPUSH', inbox, unpack(messages, first, math.min(first + pushLimit - 1, #messages)))
      end
      if length - #messages >= inboxLimit then redis.call('LTRIM', inbox, 0, -1 - #messages) end
    end
  end
end

local function deliver()
  deliverTo(inboxOf, mail)
  deliverTo(outcomesOf, outcomeMail)
end
