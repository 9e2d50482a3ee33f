#include "daemon/build/expand.hpp"

#include "daemon/build/limits.hpp"
#include "daemon/build/signal.hpp"
#include "daemon/build/substitute.hpp"
#include "daemon/build/text.hpp"

namespace staithe::build {

namespace {

    Error invalid(std::string message)
    {
        return { STAITHE_INVALID, 0, std::move(message) };
    }

    /// Puts variables into the values of one instruction in place, and adds up what that makes of it.
    class Expander {
    public:
        explicit Expander(Scope const& scope)
            : m_scope(scope)
        {
        }

        template <class T> Result<void> operator()(T&) { return {}; }

        Result<void> operator()(From& from)
        {
            STAITHE_TRY(today(from.base));
            STAITHE_TRY(today(from.platform));
            return from.base.empty() ? Result<void>(invalid("FROM names no image")) : Result<void>();
        }

        Result<void> operator()(Env& env)
        {
            for (auto& [name, value] : env.values) {
                if (env.form == Form::Era) {
                    STAITHE_TRY(either(value));
                    continue;
                }
                STAITHE_TRY(today(name));
                STAITHE_TRY(today(value));
                if (name.empty() || name.find('=') != name.npos)
                    return invalid("'" + name + "' is no name of a variable");
            }
            return {};
        }

        Result<void> operator()(Label& label)
        {
            for (auto& [name, value] : label.values) {
                STAITHE_TRY(today(name));
                STAITHE_TRY(today(value));
                if (name.empty())
                    return invalid("LABEL names can not be blank");
            }
            return {};
        }

        Result<void> operator()(Arg& arg)
        {
            for (auto& argument : arg.arguments) {
                STAITHE_TRY(today(argument.name));
                if (argument.value)
                    STAITHE_TRY(today(*argument.value));
                if (argument.name.empty())
                    return invalid("ARG names can not be blank");
            }
            return {};
        }

        Result<void> operator()(Expose& expose)
        {
            std::vector<std::string> ports;
            for (auto& word : expose.ports) {
                STAITHE_TRY(today(word));
                for (auto& port : fields(word))
                    ports.push_back(std::move(port));
            }
            expose.ports = std::move(ports);
            return expose.ports.empty() ? Result<void>(invalid("EXPOSE names no port")) : Result<void>();
        }

        Result<void> operator()(User& user)
        {
            // Nobody in particular would be root.
            STAITHE_TRY(today(user.name));
            return user.name.empty() ? Result<void>(invalid("USER names no user")) : Result<void>();
        }

        Result<void> operator()(Workdir& workdir)
        {
            STAITHE_TRY(today(workdir.path));
            return workdir.path.empty() ? Result<void>(invalid("WORKDIR names no directory")) : Result<void>();
        }

        Result<void> operator()(Volume& volume)
        {
            for (auto& path : volume.paths) {
                STAITHE_TRY(today(path));
                if (trimmed(path).empty())
                    return invalid("VOLUME specified can not be an empty string");
            }
            return {};
        }

        Result<void> operator()(StopSignal& stop)
        {
            STAITHE_TRY(today(stop.signal));
            return is_signal(stop.signal) ? Result<void>() : Result<void>(invalid("invalid signal: " + stop.signal));
        }

        Result<void> operator()(Copy& copy)
        {
            for (auto& source : copy.sources)
                STAITHE_TRY(copy.form == Form::Era ? either(source) : today(source));
            STAITHE_TRY(copy.form == Form::Era ? either(copy.destination) : today(copy.destination));
            for (auto* value : { &copy.from, &copy.owner, &copy.mode, &copy.checksum })
                STAITHE_TRY(today(*value));
            for (auto& pattern : copy.exclude)
                STAITHE_TRY(today(pattern));
            for (auto& file : copy.files)
                if (file.expand)
                    STAITHE_TRY(content(file.content));
            return check(copy);
        }

    private:
        static Result<void> check(Copy const& copy)
        {
            if (copy.destination.empty())
                return invalid("the destination is empty");
            for (auto const& source : copy.sources)
                if (source.empty())
                    return invalid("a source is empty");
            if (copy.mode.find_first_not_of("01234567") != std::string::npos || copy.mode.size() > 5
                || (copy.mode.size() == 5 && copy.mode.front() != '0'))
                return invalid("'" + copy.mode + "' is no octal mode");
            return {};
        }

        Result<void> take(std::string& value, Result<std::string> expanded)
        {
            value = STAITHE_TRY(std::move(expanded));
            m_total += value.size();
            if (m_total > limits::environment_bytes)
                return Error { STAITHE_RANGE, 0,
                    "its values are longer than " + std::to_string(limits::environment_bytes) + " bytes" };
            return {};
        }

        Result<void> today(std::string& value) { return take(value, substitute(value, m_scope)); }
        Result<void> either(std::string& value) { return take(value, substitute_either(value, m_scope)); }
        Result<void> content(std::string& value)
        {
            return take(value, substitute(value, m_scope, Quotes::Keep, limits::environment_bytes));
        }

        Scope const& m_scope;
        size_t m_total = 0;
    };

} // namespace

Result<Instruction> expand(Instruction instruction, Scope const& scope)
{
    STAITHE_TRY(std::visit(Expander(scope), instruction));
    return instruction;
}

} // namespace staithe::build
