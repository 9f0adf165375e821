// Parsed once for the whole tree, not once per file: what most files include anyway. Each file
// still includes what it uses; builds without precompiled headers (SCV_FUZZ) see to that.
#ifndef SCV_CMAKE_PCH_H_
#define SCV_CMAKE_PCH_H_

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/json.hpp>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <deque>
#include <expected>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#endif  // SCV_CMAKE_PCH_H_
