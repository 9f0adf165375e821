// Asio's separately compiled half for TLS (boost_impl has the rest), once for the whole program.
#include <boost/asio/ssl/impl/src.hpp>
