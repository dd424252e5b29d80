-- Messages of this call, pushed once a process at its end by deliver(). A process without a lease gets none, and neither
-- does one that lets its inbox grow without reading: both learn the rest by checking.
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

local mail = {}
local function send(process, message)
  local messages = mail[process]
  if messages == nil then
    mail[process] = { message }
  else
    messages[#messages + 1] = message
  end
end

local function deliver()
  for process, messages in pairs(mail) do
    local inbox = inboxOf .. process
    if isKnown(process) then
      local length = 0
      for first = 1, #messages, pushLimit do
        length = redis.call('RPUSH', inbox, unpack(messages, first, math.min(first + pushLimit - 1, #messages)))
      end
      if length - #messages >= inboxLimit then redis.call('LTRIM', inbox, 0, -1 - #messages) end
    end
  end
end
