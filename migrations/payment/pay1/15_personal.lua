-- The personal data in an order, and its erasure once the account is closed (order-flow, "Closing
-- an account").

local function is_closed(user) return redis.call('EXISTS', user_key(user, 'closed')) == 1 end

-- Removes an email that must not be requested any more.
local function unmail(name)
    redis.call('ZREM', MAIL, name)
    redis.call('HDEL', MAIL_TRIES, name)
end

-- Erases the personal data of a final order: the recipient of its emails (kept before version 7),
-- the shipping address, and the fingerprint of both. The fingerprint would verify a guess of them.
-- Its key, its lines and its money stay.
local function erase(id)
    redis.call('HDEL', order_key(id), 'email', 'locale', 'name', 'fingerprint')
    local kept = redis.call('HMGET', order_key(id), 'request', 'refunds')
    -- The address is the last field that the service writes (tests/it/closing.rs checks that). The
    -- rest stays as it is, byte for byte: cjson would turn an empty list into an object.
    local at = kept[1] and string.find(kept[1], ',"shipping_address":', 1, true)
    if at then redis.call('HSET', order_key(id), 'request', string.sub(kept[1], 1, at - 1) .. '}') end
    show_without_address(id)
    unmail(id .. '/confirmed')
    for n = 1, tonumber(kept[2] or '0') do unmail(id .. '/refunded/' .. text(n)) end
end
