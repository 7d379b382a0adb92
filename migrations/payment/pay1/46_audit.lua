-- The reports of audits (`bootstrap audit`). AUDIT has the last ones as JSON, newest first; the
-- survey of the Payment Service exports the newest.

local AUDIT = TAG .. ':audit'

-- The number of reports that are kept, and the most bytes of one.
local KEPT_REPORTS, LONGEST_REPORT = 20, 262144

-- ARGV: the report. Returns `kept`, or `no_report` if it is none.
local function audit_done(_, args)
    local report = args[1]
    if #report > LONGEST_REPORT or not pcall(cjson.decode, report) then return 'no_report' end
    redis.call('LPUSH', AUDIT, report)
    redis.call('LTRIM', AUDIT, 0, KEPT_REPORTS - 1)
    return 'kept'
end

redis.register_function { function_name = 'pay1_audit_done', callback = audit_done, flags = { 'allow-oom' } }
