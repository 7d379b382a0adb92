#!lua name=pay1
-- The Payment Service's functions, contract number 1. Within a number, arguments are only appended and fields only added.
-- A function validates everything first and writes last: Redis undoes nothing (order-flow section 1).

local VERSION = 1
local TAG = '{pay}'

local function order_key(id) return TAG .. ':o:' .. id end
local function log_key(id) return TAG .. ':o:' .. id .. ':log' end
local function method_key(id) return TAG .. ':m:' .. id end
local function user_key(user, what) return TAG .. ':u:' .. user .. ':' .. what end
-- Whatever is not final stands here with the time of its next try.
local WORK, ORDERS = TAG .. ':work', TAG .. ':orders'

-- The longest backoff and lease together, in ms: a time further ahead was written before the clock stepped back.
local FURTHEST = 60000

local function now_ms()
    local time = redis.call('TIME')
    return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- tostring() of a large number loses digits.
local function text(number) return string.format('%.0f', number) end

local EDGES = {
    accepted = { reserved = true, cancelling = true },
    reserved = { reserved = true, authorized = true, cancelling = true }, -- reserved to itself: the payment's id is noted
    authorized = { confirming = true, cancelling = true },
    confirming = { confirmed = true, cancelling = true },
    confirmed = { completed = true, cancelling = true },
    cancelling = { cancelled = true },
}

local function is_final(status) return status == 'completed' or status == 'cancelled' end

-- What a caller learns of an order: a word, the time, and the order's fields.
local function view(word, id)
    local answer = redis.call('HGETALL', order_key(id))
    answer[#answer + 1] = 'now'
    answer[#answer + 1] = text(now_ms())
    answer[#answer + 1] = 'id'
    answer[#answer + 1] = id
    return { word, answer }
end

redis.register_function { function_name = 'pay1_version', flags = { 'no-writes' }, callback = function() return VERSION end }
